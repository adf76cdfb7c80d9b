import { detect } from "chardet";

/** What a detector sees of a file: enough text of any language. */
const LOOK_BYTES = 64 * 1024;
/** Where nothing says otherwise: what most files that are not UTF-8 are in. */
const FALLBACK = "windows-1252";
/** Bytes 0x80 to 0x9f in windows-1252; those of them that are none stay what they are. */
const LETTERS_FROM_80 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ";
/** Of the bytes at odd, or even, places that are zero where text is in UTF-16. */
const ZEROS_OF_UTF16 = 0.3;

/** A text file's text, in whichever encoding it is: told by its mark, else UTF-8 where it is valid, else a guess. */
export function decodeText(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  const text = new TextDecoder(encoding).decode(bytes);
  return encoding === FALLBACK ? withLetters(text) : text;
}

/** Several versions of Node take windows-1252 for Latin-1, which has control characters in place of some letters. */
function withLetters(text: string): string {
  return text.replace(/[\u0080-\u009f]/g, (control) => LETTERS_FROM_80[control.charCodeAt(0) - 0x80]!);
}

function encodingOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  const look = bytes.subarray(0, LOOK_BYTES);
  const wide = utf16Without(look);
  if (wide) return wide;
  if (isUtf8(bytes)) return "utf-8";
  return knownLabel(detect(look)) ?? FALLBACK;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** UTF-16 without a mark: the line breaks and digits of a subtitle file have a byte of zero each. */
function utf16Without(look: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  const zeros = [0, 0];
  for (const [position, byte] of look.entries()) if (byte === 0) zeros[position % 2]! += 1;
  const enough = (look.length / 2) * ZEROS_OF_UTF16;
  if (zeros[1]! > enough && zeros[1]! > 4 * zeros[0]!) return "utf-16le";
  if (zeros[0]! > enough && zeros[0]! > 4 * zeros[1]!) return "utf-16be";
  return undefined;
}

/** A detector knows encodings that no decoder here does (UTF-32, ISO-2022-CN). */
function knownLabel(name: string | null): string | undefined {
  try {
    return name === null ? undefined : new TextDecoder(name).encoding;
  } catch {
    return undefined;
  }
}
