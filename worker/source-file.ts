/** How much of a source's beginning is looked at by this program itself. */
export const START_BYTES = 8;

/** A source as it is now, wherever it lies. */
export interface SourceFile {
  /** The title's path. */
  readonly path: string;
  /** What FFmpeg opens: `file:/absolute/path`, or an address of this worker's own. */
  readonly inputUrl: string;
  readonly fingerprint: string;
  /** Its first `START_BYTES`; fewer where it is shorter. */
  readStart(signal: AbortSignal): Promise<Buffer>;
}
