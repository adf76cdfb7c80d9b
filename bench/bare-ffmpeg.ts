export interface BareEncode {
  /** Of the rung; 720 unless it is given. */
  readonly height?: number;
  /** The whole film unless it is given. */
  readonly part?: { readonly start: number; readonly seconds: number };
  readonly crf?: number;
  /** Where keyframes go, and nowhere else, seconds; where the encoder likes unless it is given. */
  readonly keyframes?: readonly number[];
  /** Standard output unless it is given. */
  readonly output?: string;
}

/** What one would type to make a rung of a film, or of a part of it, as fragmented MP4. */
export function bareFfmpegArgs(
  source: string,
  { height = 720, part, crf = 23, keyframes, output = "pipe:1" }: BareEncode = {},
): string[] {
  const seek = part && part.start > 0 ? ["-ss", part.start.toFixed(6)] : [];
  const length = part ? ["-t", part.seconds.toFixed(6)] : [];
  const filter = ["-vf", `${rungScale(height)},format=yuv420p`, "-an", "-sn"];
  const encoder = ["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-crf", `${crf}`];
  const muxer = ["-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-f", "mp4", output];
  return [
    ...["-nostdin", "-v", "error", "-y", ...seek, "-i", source, ...length],
    ...[...filter, ...encoder, "-threads:v", "2", "-bf", "3"],
    ...(keyframes ? keyframesAt(keyframes) : []),
    ...muxer,
  ];
}

/** The product's scaler. */
export function rungScale(height: number): string {
  return `scale=-2:${height}:flags=bicubic+accurate_rnd+bitexact+full_chroma_int`;
}

function keyframesAt(seconds: readonly number[]): string[] {
  const times = seconds.map((second) => second.toFixed(6)).join(",");
  return ["-g", "99999", "-keyint_min", "1", "-sc_threshold", "0", "-force_key_frames", times];
}
