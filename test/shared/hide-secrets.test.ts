import { describe, expect, it } from "vitest";
import { parseConfig } from "../../shared/config.ts";
import { secretHider } from "../../shared/hide-secrets.ts";

const SECRET = 'a "secret" with / and & in it, no';
const config = parseConfig({
  AUTH_SECRET: "0123456789abcdef0123456789abcdef,fedcba9876543210fedcba9876543210",
  ADMIN_TOKEN: SECRET,
  GATEWAY_TOKEN: `${SECRET} and more`,
  REDIS_URL: "redis://user:p%40ssword@redis:6379",
  UPSTASH_REDIS_REST_TOKEN: "",
});
const hide = secretHider(config);

describe("in a text that goes out", () => {
  it.each([
    ["a secret", `not ${SECRET}!`, "not …!"],
    ["a secret in JSON", JSON.stringify({ error: SECRET }), '{"error":"…"}'],
    ["a secret in an address", `/x?token=${encodeURIComponent(SECRET)}&y`, "/x?token=…&y"],
    ["a secret that holds another", `${SECRET} and more`, "…"],
    ["each of several secrets", "0123456789abcdef0123456789abcdef/fedcba9876543210fedcba9876543210", "…/…"],
    ["a password", "redis://user:p%40ssword@redis p@ssword", "redis://user:…@redis …"],
    [
      "a viewer's token",
      "/hls/a.mp4/master.m3u8?token=sl1.WzEs_XQ.AT3Yqv6X-sN1&x",
      "/hls/a.mp4/master.m3u8?token=…&x",
    ],
  ])("%s is hidden", (_, text, hidden) => {
    expect(hide(text)).toBe(hidden);
  });

  it("all else stays as it is", () => {
    expect(hide("a.mp4: sl1 frames, sl1.5 of them")).toBe("a.mp4: sl1 frames, sl1.5 of them");
    expect(secretHider(parseConfig({}))("")).toBe("");
  });
});
