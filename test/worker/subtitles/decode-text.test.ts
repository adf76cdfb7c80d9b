import { describe, expect, it } from "vitest";
import { decodeText } from "../../../worker/subtitles/decode-text.ts";

const RUSSIAN =
  "1\n00:00:01,000 --> 00:00:02,000\nПривет, как дела?\n\n2\n00:00:03,000 --> 00:00:04,000\nХорошо. Пойдём домой.\n";
const FRENCH =
  "1\n00:00:01,000 --> 00:00:02,000\nÇa va, mon frère ?\n\n2\n00:00:03,000 --> 00:00:04,000\nTrès bien, merci. C’est déjà l’été.\n";
const JAPANESE =
  "1\n00:00:01,000 --> 00:00:02,000\nこんにちは、お元気ですか。\n\n2\n00:00:03,000 --> 00:00:04,000\n元気です。家に帰りましょう。\n";

/** Text in an encoding of one byte a letter: whichever byte decodes to it. */
function encode(text: string, encoding: string): Uint8Array {
  const decoder = new TextDecoder(encoding);
  const bytes = new Map(
    Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte]),
  );
  // Several versions of Node don't know this one.
  if (encoding === "windows-1252") bytes.set("’", 0x92);
  return Uint8Array.from(text, (letter) => bytes.get(letter)!);
}

/** The same where two bytes make a letter. */
function encodeWide(text: string, encoding: string): Uint8Array {
  const decoder = new TextDecoder(encoding);
  const bytes = new Map<string, number[]>();
  for (let first = 0x81; first < 0xff; first++)
    for (let second = 0x40; second < 0xff; second++)
      bytes.set(decoder.decode(Uint8Array.of(first, second)), [first, second]);
  return Uint8Array.from(
    [...text].flatMap((letter) => (letter < "\x80" ? [letter.charCodeAt(0)] : bytes.get(letter)!)),
  );
}

describe("a text file", () => {
  it.each([
    ["UTF-8", RUSSIAN, Buffer.from(RUSSIAN)],
    ["UTF-8 with a mark", FRENCH, Buffer.from(`\uFEFF${FRENCH}`)],
    ["UTF-16 with a mark", RUSSIAN, Buffer.from(`\uFEFF${RUSSIAN}`, "utf16le")],
    ["UTF-16, big end first", FRENCH, Buffer.from(`\uFEFF${FRENCH}`, "utf16le").swap16()],
    ["UTF-16 without a mark", RUSSIAN, Buffer.from(RUSSIAN, "utf16le")],
    ["windows-1252", FRENCH, encode(FRENCH, "windows-1252")],
    ["windows-1251", RUSSIAN, encode(RUSSIAN, "windows-1251")],
    ["KOI8-R", RUSSIAN, encode(RUSSIAN, "koi8-r")],
    ["Shift_JIS", JAPANESE, encodeWide(JAPANESE, "shift_jis")],
    ["ASCII", "plain", Buffer.from("plain")],
    ["nothing", "", Buffer.from("")],
  ])("in %s is read", (_, text, bytes) => {
    expect(decodeText(bytes)).toBe(text);
  });

  it("of bytes that mean nothing is some text", () => {
    const noise = Uint8Array.from({ length: 5000 }, (_, k) => (k * 7919) % 256);
    expect(decodeText(noise).length).toBeGreaterThan(0);
  });
});
