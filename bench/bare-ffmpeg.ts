/** The scaler and encoder settings of the 720p rung in an ordinary FFmpeg command line. */
const ENCODER = [
  ...[
    "-vf",
    "scale=1280:720:flags=bicubic+accurate_rnd+bitexact+full_chroma_int,format=yuv420p",
    "-an",
    "-sn",
  ],
  ...["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-level:v", "3.1", "-crf", "23"],
  ...["-threads:v", "2", "-bf", "3"],
];

/** What one would type to make this part of a film as fragmented MP4. */
export function bareFfmpegArgs(source: string, part?: { start: number; seconds: number }): string[] {
  const seek = part && part.start > 0 ? ["-ss", part.start.toFixed(6)] : [];
  const length = part ? ["-t", part.seconds.toFixed(6)] : [];
  const muxer = ["-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-f", "mp4", "pipe:1"];
  return ["-nostdin", "-v", "error", ...seek, "-i", source, ...length, ...ENCODER, ...muxer];
}
