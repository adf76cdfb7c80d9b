/** `1:02:03.5`, `2:03`, for people. */
export function formatClock(seconds: number): string {
  const tenths = Math.round(seconds * 10);
  const whole = Math.floor(tenths / 10);
  const pad = (value: number) => String(value).padStart(2, "0");
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const clock = h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
  return tenths % 10 ? `${clock}.${tenths % 10}` : clock;
}

/** `2.4 Mbit/s`, `128 kbit/s`. */
export function formatBitrate(bitsPerSecond: number): string {
  return bitsPerSecond >= 1e6
    ? `${Math.round(bitsPerSecond / 1e5) / 10} Mbit/s`
    : `${Math.round(bitsPerSecond / 1000)} kbit/s`;
}

/** `1.5 GB`, in powers of ten as disks are sold. */
export function formatBytes(bytes: number): string {
  const unit =
    bytes >= 1e9 ? ([1e9, "GB"] as const) : bytes >= 1e6 ? ([1e6, "MB"] as const) : ([1e3, "kB"] as const);
  return `${Math.round((bytes / unit[0]) * 10) / 10} ${unit[1]}`;
}

/** `1 segment`, `2 segments`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
