import type { EncodePolicy } from "../ffmpeg/run-ffmpeg.ts";
import type { JobContext } from "../perform-job.ts";
import type { TitleInput } from "../title-source.ts";

/** One thing that was made: an object in the title's folder, unsealed. */
export interface MadeAsset {
  /** Such as `poster.jpg`. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Makes what a job's asset stands for, and what comes along with it at no cost.
 * @param asset the name that the job asks for.
 * @throws FaultError where the title has no such thing, or it can't be made.
 */
export type AssetMaker = (
  asset: string,
  input: TitleInput,
  policy: EncodePolicy,
  context: JobContext,
) => Promise<readonly MadeAsset[]>;
