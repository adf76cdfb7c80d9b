import { setTimeout as sleep } from "node:timers/promises";
import { FaultError } from "../../shared/fault.ts";
import type { InitJob, SegmentsJob } from "../../shared/job.ts";
import { ENCODER_FAILURE, type EncoderFailure, encoderName } from "../../shared/media/encoder.ts";
import { assetObject } from "../../shared/storage/object-name.ts";
import { seal } from "../../shared/storage/seal.ts";
import type { SegmentStorage } from "../../shared/storage/segment-storage.ts";
import { FragmentError } from "../fragment/fragment.ts";
import { RunOutputError, RunTimeoutError } from "../run-program.ts";
import { tryEncoder } from "./detect-encoders.ts";
import { EncoderError, type VideoEncoder } from "./video-encoder.ts";

/** How often a worker tries a segment before the job goes back into the queue, and perhaps to another worker. */
const TRIES = 2;
/** Between them: sessions of a driver that has too few may end. */
const PAUSE_MS = 500;
/** From this attempt at a job on, a title gives its encoder up. */
const LAST_ATTEMPT = 2;

export interface HardwareContext {
  readonly storage: SegmentStorage;
  /** What this worker has. */
  readonly encoder: VideoEncoder | undefined;
}

/**
 * Has a job of a title done that is made by hardware. Where that fails for good, storage is told so, under the
 * title's name, and whoever opens the film from then on gets it in software, under another key: what two encoders
 * make never meets in one rendition.
 * @param make with the encoder that the title was planned for.
 * @param attempt at this job, from 1.
 */
export async function byHardware<T>(
  job: (InitJob | SegmentsJob) & { readonly encoder: VideoEncoder["family"] },
  { storage, encoder }: HardwareContext,
  { signal, attempt }: { readonly signal: AbortSignal; readonly attempt: number },
  make: (encoder: VideoEncoder) => Promise<T>,
): Promise<T> {
  const record = assetObject(job.titleKey, ENCODER_FAILURE);
  let isGivenUp = false;
  let reason = "";
  if (encoder?.family === job.encoder) {
    for (let tries = 1; tries <= TRIES && !isGivenUp; tries++) {
      if (tries > 1) await sleep(PAUSE_MS, undefined, { signal });
      try {
        return await make(encoder);
      } catch (error) {
        reason = await encoderReason(error, encoder, signal);
      }
      isGivenUp = (await storage.find(record, signal)) !== undefined;
    }
  } else {
    reason = `${encoderName(job.encoder)}: this worker encodes with ${encoderName(encoder?.family)}; give all of a fleet the same ENCODER`;
  }
  const detail = `A part of “${job.path}” can't be made. ${reason}.`;
  if (!isGivenUp && attempt < LAST_ATTEMPT) throw new FaultError("encode-failed", detail);
  const failure: EncoderFailure = { encoder: job.encoder, reason };
  const bytes = new TextEncoder().encode(JSON.stringify(failure));
  await storage.publish(record, await seal(record, bytes), signal);
  throw new FaultError("encoder-failed", `${detail} The film goes on in software: load its playlist anew.`);
}

/**
 * Why hardware failed; throws what is no failure of its own. A film that nothing can be made of counts as one, too:
 * in software it will be told what is wrong with it.
 */
async function encoderReason(error: unknown, encoder: VideoEncoder, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  if (error instanceof EncoderError) return error.message;
  const name = encoderName(encoder.family);
  if (error instanceof FragmentError || error instanceof RunOutputError) {
    return `${name}: it makes something else than was planned: ${error.message}`;
  }
  const isLate = error instanceof FaultError && error.code === "encode-timeout";
  if (!(isLate || error instanceof RunTimeoutError)) throw error;
  // Either the source does not answer or the driver: a source that has nothing to do with it tells which.
  const detection = await tryEncoder(encoder, signal);
  if (detection.kind === "usable") throw error;
  return detection.reason;
}
