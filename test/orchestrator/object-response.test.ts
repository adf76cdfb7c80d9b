import { describe, expect, it } from "vitest";
import { matchesEtag, objectResponse } from "../../orchestrator/object-response.ts";
import type { StoredObject } from "../../shared/storage/segment-storage.ts";

const ETAG = '"key-v720-0.m4s"';
const CONTENT = "0123456789";

function stored(content = CONTENT): StoredObject & { reads: number } {
  const bytes = new TextEncoder().encode(content);
  return {
    reads: 0,
    size: bytes.length,
    async body(range) {
      this.reads += 1;
      return new Response(range ? bytes.slice(range.start, range.end) : bytes).body!;
    },
  };
}

function ask(headers: Record<string, string> = {}, method = "GET", object: StoredObject = stored()) {
  const request = new Request("http://host/0.m4s", { method, headers });
  return objectResponse(request, object, { contentType: "video/mp4", etag: ETAG });
}

const range = (value: string, more: Record<string, string> = {}) => ask({ range: value, ...more });

describe("the answer with an object", () => {
  it("is the whole object, for ever", async () => {
    const response = await ask();
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toEqual({
      "accept-ranges": "bytes",
      "cache-control": "public, max-age=31536000, immutable",
      "content-length": "10",
      "content-type": "video/mp4",
      etag: ETAG,
    });
    expect(await response.text()).toBe(CONTENT);
  });

  it("to HEAD has the same headers and opens no file", async () => {
    const object = stored();
    const response = await ask({}, "HEAD", object);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-length")).toBe("10");
    expect(response.body).toBeNull();
    expect(object.reads).toBe(0);
  });

  it("to HEAD takes no notice of a range (RFC 9110 14.2)", async () => {
    expect((await ask({ range: "bytes=0-1" }, "HEAD")).status).toBe(200);
  });

  it.each([
    ["bytes=0-3", "0123", "bytes 0-3/10"],
    ["bytes=4-", "456789", "bytes 4-9/10"],
    ["bytes=-2", "89", "bytes 8-9/10"],
    ["bytes=9-9", "9", "bytes 9-9/10"],
    ["bytes=0-999", CONTENT, "bytes 0-9/10"],
    ["bytes=-999", CONTENT, "bytes 0-9/10"],
  ])("to %s is that part", async (value, part, contentRange) => {
    const response = await range(value);
    expect(response.status).toBe(206);
    expect(response.headers.get("content-range")).toBe(contentRange);
    expect(response.headers.get("content-length")).toBe(String(part.length));
    expect(await response.text()).toBe(part);
  });

  it.each(["bytes=10-", "bytes=99-100", "bytes=-0"])("to %s is 416 with the size", async (value) => {
    const response = await range(value);
    expect(response.status).toBe(416);
    expect(response.headers.get("content-range")).toBe("bytes */10");
    expect(await response.text()).toBe("");
  });

  it.each(["items=0-3", "items=99-", "nonsense", "bytes 0-3", "0-3", "bytes=0-1,4-5", "seconds=999-1000"])(
    "to %j, which it can't or won't understand, is the whole",
    async (value) => {
      const response = await range(value);
      expect(response.status).toBe(200);
      expect(await response.text()).toBe(CONTENT);
    },
  );

  it("to a range under a condition is a part only while the object is the same", async () => {
    expect((await range("bytes=0-3", { "if-range": ETAG })).status).toBe(206);
    expect((await range("bytes=0-3", { "if-range": '"other"' })).status).toBe(200);
    // 13.1.5: a weak validator never matches here.
    expect((await range("bytes=0-3", { "if-range": `W/${ETAG}` })).status).toBe(200);
    expect((await range("bytes=0-3", { "if-range": "Wed, 21 Oct 2026 07:28:00 GMT" })).status).toBe(200);
  });

  it("to a client that has it is 304 without a body, before any range", async () => {
    const object = stored();
    const response = await ask({ "if-none-match": ETAG, range: "bytes=0-3" }, "GET", object);
    expect(response.status).toBe(304);
    expect(response.headers.get("etag")).toBe(ETAG);
    expect(response.headers.get("cache-control")).toContain("immutable");
    expect(response.body).toBeNull();
    expect(object.reads).toBe(0);
  });

  it("has the size of an empty object", async () => {
    const response = await ask({}, "GET", stored(""));
    expect(response.status).toBe(200);
    expect(response.headers.get("content-length")).toBe("0");
  });
});

describe("If-None-Match", () => {
  it.each([
    [ETAG, true],
    [`W/${ETAG}`, true],
    ["*", true],
    [`"a", ${ETAG} , "b"`, true],
    ['"a", "b"', false],
    ["key-v720-0.m4s", false],
    ["", false],
  ])("%s matches: %s", (value, expected) => {
    expect(matchesEtag(new Request("http://host", { headers: { "if-none-match": value } }), ETAG)).toBe(
      expected,
    );
  });

  it("is not there: no match", () => {
    expect(matchesEtag(new Request("http://host"), ETAG)).toBe(false);
  });
});
