import { assetJob, type Job } from "../job.ts";
import type { Title } from "../media/title.ts";

/** Names of assets with subtitles: all tracks of a file, or one file beside it. */
export const TRACKS_ASSET = /^t\/cues\.vtt$/;
export const SIDECAR_ASSET = /^x[0-9a-f]{8}\/cues\.vtt$/;

/** All cues of a rendition, on the title's clock, in the title's folder. */
export function subtitlesAsset(rendition: string): string {
  return `${rendition}/cues.vtt`;
}

/**
 * The job that makes a rendition. The tracks of a file come from one job, named after none of them: it makes what is
 * missing of them.
 */
export function subtitlesJob(title: Title, rendition: string): Job {
  return assetJob(title, subtitlesAsset(rendition.startsWith("t") ? "t" : rendition));
}
