import { START_BYTES } from "../source-file.ts";

const FTYP_BOXES = new Set(["ftyp", "moov", "mdat", "free", "skip", "wide", "pnot"]);
const EBML = 0x1a45dfa3;

/** Whether a source begins like MP4, QuickTime or Matroska: then it is damaged, not something else. */
export function hasContainerSignature(start: Buffer): boolean {
  if (start.length < START_BYTES) return false;
  return start.readUInt32BE(0) === EBML || FTYP_BOXES.has(start.toString("latin1", 4, START_BYTES));
}
