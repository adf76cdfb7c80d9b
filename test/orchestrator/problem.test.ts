import { describe, expect, it } from "vitest";
import { faultProblem, notFound, waitedTooLong } from "../../orchestrator/problem.ts";
import { type FaultCode, FaultError, parseReason } from "../../shared/fault.ts";

describe("a problem", () => {
  it("is answered as RFC 9457 says", async () => {
    const response = faultProblem(new FaultError("source-damaged", "“a.mp4” is damaged.")).toResponse();
    expect(response.status).toBe(422);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.json()).toEqual({
      type: "about:blank",
      title: "The file is damaged",
      status: 422,
      detail: "“a.mp4” is damaged.",
      code: "source-damaged",
    });
  });

  it.each<[FaultCode, number]>([
    ["source-not-found", 404],
    ["source-not-a-file", 404],
    ["source-changed", 404],
    ["not-media", 415],
    ["codec-unsupported", 415],
    ["source-empty", 422],
    ["source-damaged", 422],
    ["source-unreadable", 500],
    ["source-timeout", 503],
    ["encode-failed", 500],
    ["encode-timeout", 500],
    ["workers-lost", 500],
    ["storage-full", 507],
    ["storage-failed", 500],
    ["storage-timeout", 503],
    ["internal", 500],
  ])("of a fault %s has the status %i and a title", (code, status) => {
    const problem = faultProblem(new FaultError(code, "x"));
    expect(problem.status).toBe(status);
    expect(problem.code).toBe(code);
    expect(problem.title).toMatch(/\S/);
    expect(problem.toResponse().headers.has("retry-after")).toBe(status === 503 || status === 507);
  });

  it.each(["from-the-future: x", "constructor: x", "to-string: x"])(
    "of the unknown fault “%s” is a plain 500",
    (reason) => {
      expect(faultProblem(parseReason(reason)).toResponse().status).toBe(500);
    },
  );

  it("of a wait that was too long says when to ask again", async () => {
    const response = waitedTooLong().toResponse();
    expect(response.status).toBe(503);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  it("of a missing thing may have a code of its own", () => {
    expect(notFound("x").code).toBe("not-found");
    expect(notFound("x", "source-changed")).toMatchObject({ status: 404, code: "source-changed" });
  });
});
