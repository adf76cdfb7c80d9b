/** What a media segment has of one track. Times are ticks of its timescale. */
export interface TrackSpan {
  readonly id: number;
  readonly kind: "video" | "audio" | "other";
  /** As in CODECS (RFC 6381), as far as the media says. */
  readonly codec: string;
  readonly timescale: number;
  /** Of the first sample; undefined where the fragment does not say (tfdt). */
  readonly decodeStart: number | undefined;
  /** Where the decode time of the next sample should be. */
  readonly decodeEnd: number;
  readonly presentationStart: number;
  readonly sampleCount: number;
  /** How long most samples last. */
  readonly sampleTicks: number;
  /** The first sample decodes by itself. */
  readonly beginsWithSync: boolean;
  /** Times are the container's own and exact; else they were worked out, to half a sample. */
  readonly isExact: boolean;
  /** Of a picture, as it is stored. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

export function secondsOf({ timescale }: Pick<TrackSpan, "timescale">, ticks: number): number {
  return ticks / timescale;
}

/** What the segment is measured by: its picture, else its sound. */
export function mainTrack(tracks: readonly TrackSpan[]): TrackSpan | undefined {
  return tracks.find(({ kind }) => kind === "video") ?? tracks.find(({ kind }) => kind === "audio");
}

/** The value that comes most often. */
export function mostCommon(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0])[0];
}
