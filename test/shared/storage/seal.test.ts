import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readBoxes } from "../../../check/media/iso-bmff.ts";
import { isSealed, seal } from "../../../shared/storage/seal.ts";

const body = fc.uint8Array({ minLength: 1, maxLength: 300 });
const json = fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 });
const sealedObject = fc.oneof(
  fc.record({
    name: fc.constantFrom(
      "t/v720/0.m4s",
      "t/v720/init.mp4",
      "t/t0/cues.vtt",
      "t/a.jpg",
      "t/a.webp",
      "t/a.avif",
    ),
    bytes: body,
  }),
  fc.record({ name: fc.constant("s/a.json"), bytes: json.map((value) => encode(JSON.stringify(value))) }),
);

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

describe("a sealed object", () => {
  it("is known to be whole", async () => {
    await fc.assert(
      fc.asyncProperty(sealedObject, async ({ name, bytes }) => {
        expect(await isSealed(name, await seal(name, bytes))).toBe(true);
        expect(await isSealed(name, bytes)).toBe(false);
      }),
    );
  });

  it("is known to be damaged with any bits changed, whether in what it holds or in the seal", async () => {
    await fc.assert(
      fc.asyncProperty(sealedObject, fc.nat(), fc.integer({ min: 1, max: 255 }), async (object, at, bits) => {
        const sealed = await seal(object.name, object.bytes);
        sealed[at % sealed.length]! ^= bits;
        expect(await isSealed(object.name, sealed)).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  it("is known to be damaged when it is empty, cut short anywhere, or grown", async () => {
    await fc.assert(
      fc.asyncProperty(sealedObject, async ({ name, bytes }) => {
        const sealed = await seal(name, bytes);
        for (let end = 0; end < sealed.length; end++) {
          expect(await isSealed(name, sealed.subarray(0, end))).toBe(false);
        }
        expect(await isSealed(name, new Uint8Array([...sealed, 0]))).toBe(false);
      }),
      { numRuns: 20 },
    );
  });

  it("has its seal in a box that players skip", async () => {
    const box = new Uint8Array([0, 0, 0, 12, ...encode("mdat"), 1, 2, 3, 4]);
    const sealed = await seal("0.m4s", box);
    expect(readBoxes(sealed).map(({ type, size }) => [type, size])).toEqual([
      ["mdat", 12],
      ["free", 32],
    ]);
    expect(sealed.subarray(0, 12)).toEqual(box);
  });

  it("stays JSON, with one property more", async () => {
    await fc.assert(
      fc.asyncProperty(json, async (value) => {
        fc.pre(!Object.hasOwn(value, "sha256"));
        const text = new TextDecoder().decode(await seal("a.json", encode(JSON.stringify(value))));
        const { sha256, ...rest } = JSON.parse(text);
        expect(sha256).toMatch(/^[0-9a-f]{32}$/);
        expect(rest).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("has the same bytes wherever it was sealed", async () => {
    const sealed = await seal("0.m4s", encode("abc"));
    // The first 128 bits of SHA-256 of “abc”, FIPS 180-2 appendix B.1.
    expect(Buffer.from(sealed.subarray(-16)).toString("hex")).toBe("ba7816bf8f01cfea414140de5dae2223");
  });

  it("has a name that says what it is; another kind can't be sealed, and is taken as it is", async () => {
    await expect(seal("a.bin", encode("abc"))).rejects.toThrow("a.bin");
    expect(await isSealed("a.bin", encode("abc"))).toBe(true);
  });
});
