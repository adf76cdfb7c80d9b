import { createHmac } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { covers, type Grant } from "../../../shared/access/grant.ts";
import { type AccessKeys, importAccessKeys, signToken, verifyToken } from "../../../shared/access/token.ts";

const SECRET = "a secret of the test, long enough";
const OLD_SECRET = "another one, which was used before";
const GRANT: Grant = { prefix: "films/bunny.mp4", expiresAt: 2_000_000_000 };
const BEFORE = 1_999_999_999_999;

let keys: AccessKeys;
beforeAll(async () => {
  keys = await importAccessKeys([SECRET]);
});

const grants = fc.record(
  {
    prefix: fc.string({ unit: "binary" }),
    expiresAt: fc.integer({ min: 0, max: 4_000_000_000 }),
    viewer: fc.string({ minLength: 1, unit: "grapheme" }),
  },
  { requiredKeys: ["prefix", "expiresAt"] },
);

/** Signs what the product would not have written. */
function signedByHand(payload: string, secret = SECRET): string {
  const signed = `sl1.${Buffer.from(payload).toString("base64url")}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

describe("a token", () => {
  it("is short, needs no escaping, and is what HMAC-SHA-256 of another make says", async () => {
    const token = await signToken(GRANT, keys);
    expect(token).toBe(signedByHand('[2000000000,"films/bunny.mp4"]'));
    expect(token).toMatch(/^[\w.-]{88}$/);
    expect(encodeURIComponent(token)).toBe(token);
  });

  it("gives back any grant until the second it expires", () =>
    fc.assert(
      fc.asyncProperty(grants, async (grant) => {
        const token = await signToken(grant, keys);
        const at = grant.expiresAt * 1000;
        expect(await verifyToken(token, keys, at - 1)).toEqual({ kind: "granted", grant });
        expect(await verifyToken(token, keys, at)).toEqual({ kind: "expired", grant });
      }),
    ));

  it("is worth nothing once any character of it is another, is missing or is too many", async () => {
    const token = await signToken({ ...GRANT, viewer: "anna" }, keys);
    for (let at = 0; at < token.length; at++) {
      for (const other of ["A", "z", "0", "-", "_", ".", "=", " ", ""]) {
        if (other === token[at]) continue;
        const forged = token.slice(0, at) + other + token.slice(at + 1);
        expect(await verifyToken(forged, keys, BEFORE), forged).toEqual({ kind: "invalid" });
      }
    }
    for (const more of ["A", ".", "=", "\n"]) {
      expect(await verifyToken(token + more, keys, BEFORE)).toEqual({ kind: "invalid" });
    }
  });

  it("of any other text is invalid and throws nothing", () =>
    fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.string({ unit: "binary" }).map((text) => `sl1.${text}`),
          fc.string().map((text) => `sl1.${text}.${"A".repeat(43)}`),
        ),
        async (text) => {
          expect(await verifyToken(text, keys, BEFORE)).toEqual({ kind: "invalid" });
        },
      ),
    ));

  it("that is longer than any path is not even looked at", async () => {
    const long = await signToken({ ...GRANT, prefix: "a".repeat(9000) }, keys);
    expect(await verifyToken(long, keys, BEFORE)).toEqual({ kind: "invalid" });
  });

  it.each([
    "",
    "{}",
    "[]",
    "null",
    '["2000000000",""]',
    "[2000000000]",
    '[2000000000,"",1]',
    '[1.5,""]',
    "[1,",
  ])("that says %j is invalid although it is signed", async (payload) => {
    expect(await verifyToken(signedByHand(payload), keys, BEFORE)).toEqual({ kind: "invalid" });
  });

  it("of another secret is invalid", async () => {
    const foreign = await signToken(GRANT, await importAccessKeys([OLD_SECRET]));
    expect(await verifyToken(foreign, keys, BEFORE)).toEqual({ kind: "invalid" });
  });

  it("stays good while its secret is in the list; new ones are signed with the first", async () => {
    const old = await signToken(GRANT, await importAccessKeys([OLD_SECRET]));
    const both = await importAccessKeys([SECRET, OLD_SECRET]);
    expect(await verifyToken(old, both, BEFORE)).toMatchObject({ kind: "granted" });
    expect(await signToken(GRANT, both)).toBe(await signToken(GRANT, keys));
  });
});

it.each([
  ["", "anything/at all.mp4", true],
  ["films", "films/bunny.mp4", true],
  ["films", "films/more/bunny.mp4", true],
  ["films", "films", true],
  ["films", "films 2/bunny.mp4", false],
  ["films", "Films/bunny.mp4", false],
  ["films", "other/films/bunny.mp4", false],
  ["films/bunny.mp4", "films/bunny.mp4", true],
  ["films/bunny.mp4", "films/bunny.mp4.bak", false],
  ["films/bunny.mp4", "films", false],
])("a grant for “%s” covers “%s”: %s", (prefix, path, covered) => {
  expect(covers({ ...GRANT, prefix }, path)).toBe(covered);
});
