/** What a machine, or the container on it, lets a worker have. */
export interface MachineLimits {
  /** Processors it may use; a share of one in a small container. */
  readonly processors: number;
  readonly memoryBytes: number;
}

/** For the program itself. */
const OWN_BYTES = 256 * 2 ** 20;
/** An encode takes 170 MB at 240p, 340 MB at 1080p, 800 MB at 2160p, of a 2160p60 source each time. */
const ENCODE_BYTES = 768 * 2 ** 20;

/** How many encodes at a time a machine is good for: one a processor, as far as its memory reaches. */
export function chooseConcurrency({ processors, memoryBytes }: MachineLimits): number {
  const byMemory = (memoryBytes - OWN_BYTES) / ENCODE_BYTES;
  return Math.max(1, Math.floor(Math.min(processors, byMemory)));
}
