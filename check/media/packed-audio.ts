import { viewOf } from "./iso-bmff.ts";

const OWNER = "com.apple.streaming.transportStreamTimestamp";
/** The tag stands first, and has little else. */
const REACH = 4096;

/** Whether bytes begin with an ID3 tag, as packed audio does (3.1.3). */
export function hasId3(bytes: Uint8Array): boolean {
  return bytes[0] === 0x49 && bytes[1] === 0x44 && bytes[2] === 0x33;
}

/** When packed audio begins, seconds, as its ID3 tag has it (3.1.3); undefined where it does not say. */
export function packedAudioStart(bytes: Uint8Array): number | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, REACH));
  const at = head.indexOf(OWNER);
  if (!hasId3(bytes) || at < 0) return undefined;
  // A zero ends the owner; 33 of the 64 bits that follow are the time stamp.
  return Number(viewOf(bytes).getBigUint64(at + OWNER.length + 1) & 0x1_ffff_ffffn) / 90_000;
}
