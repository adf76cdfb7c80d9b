import type { Rung } from "../../shared/media/ladder.ts";
import { FragmentError } from "../fragment/fragment.ts";

const HIGH_PROFILE = 100;

/**
 * Sees that an init segment has parameter sets, and those of the profile and level that the playlist promises: a
 * driver may choose others, or write them into the stream alone (ISO/IEC 14496-15 5.3.3.1).
 */
export function checkParameterSets(init: Buffer, { level }: Pick<Rung, "level">): void {
  const box = init.indexOf("avcC", 0, "latin1");
  const record = box === -1 ? Buffer.alloc(0) : init.subarray(box + 4);
  if (record.length < 7 || (record[5]! & 0x1f) === 0) {
    throw new FragmentError("its init segment has no parameter sets");
  }
  if (record[1] !== HIGH_PROFILE || record[3] !== level) {
    throw new FragmentError(
      `profile ${record[1]} and level ${record[3]} instead of ${HIGH_PROFILE} and ${level}`,
    );
  }
}
