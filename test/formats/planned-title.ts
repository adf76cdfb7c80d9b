/** A title as it was planned: what a player must come to. */
export interface PlannedTitle {
  /** URL of its multivariant playlist. */
  readonly playlist: string;
  /** Of the picture; undefined without one. */
  readonly frames: number | undefined;
  /** Of the first sound track by its playlist; undefined without one. */
  readonly soundSeconds: number | undefined;
  /** By the longest of its playlists. */
  readonly seconds: number;
  /** By the shortest. */
  readonly commonSeconds: number;
}

export function kindsOf({ frames, soundSeconds }: PlannedTitle): ("video" | "audio")[] {
  return [
    ...(frames === undefined ? [] : (["video"] as const)),
    ...(soundSeconds === undefined ? [] : (["audio"] as const)),
  ];
}
