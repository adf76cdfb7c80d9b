import { open } from "node:fs/promises";

const FTYP_BOXES = new Set(["ftyp", "moov", "mdat", "free", "skip", "wide", "pnot"]);
const EBML = 0x1a45dfa3;

/** Whether a file begins like MP4, QuickTime or Matroska: then it is damaged, not something else. */
export async function hasContainerSignature(realPath: string): Promise<boolean> {
  const file = await open(realPath, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
    if (bytesRead < 8) return false;
    return buffer.readUInt32BE(0) === EBML || FTYP_BOXES.has(buffer.toString("latin1", 4, 8));
  } finally {
    await file.close();
  }
}
