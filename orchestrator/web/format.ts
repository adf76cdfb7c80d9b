/** `0:30`, `12:05`, `1:02:03`. */
export function formatDuration(durationMs: number): string {
  const total = Math.round(durationMs / 1000);
  const seconds = String(total % 60).padStart(2, "0");
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / 3600);
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${minutes}:${seconds}`;
}

/** `MP4` for `films/bunny.mp4`; empty when the file name has no extension. */
export function formatKind(path: string): string {
  return (/[^/]\.([a-z0-9]{1,5})$/i.exec(path)?.[1] ?? "").toUpperCase();
}

/** `1080p`, `720p60`: the shorter side, so that an upright film gets the name its owner expects. */
export function formatRung(rung: {
  width: number;
  height: number;
  frameRate: number;
  bitrate: number;
}): string {
  const lines = Math.min(rung.width, rung.height);
  if (lines <= 0) return formatBitrate(rung.bitrate);
  return rung.frameRate > 32 ? `${lines}p${Math.round(rung.frameRate)}` : `${lines}p`;
}

export function formatBitrate(bitsPerSecond: number): string {
  return bitsPerSecond >= 1e6
    ? `${(bitsPerSecond / 1e6).toFixed(1)} Mbit/s`
    : `${Math.round(bitsPerSecond / 1e3)} kbit/s`;
}
