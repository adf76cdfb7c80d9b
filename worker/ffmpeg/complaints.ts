/** FFmpeg says so of open GOPs after a seek, about references that nothing refers to any more. */
const HARMLESS = /^(\[h264 @ 0x[0-9a-f]+\] mmco: unref short failure| *Last message repeated \d+ times)$/;
/** More lines than this may have pushed others out of the tail that is kept. */
const MOST_HARMLESS_LINES = 20;

/** Whether FFmpeg found something wrong with a source: what it decodes then may not be the same the next time. */
export function complains(stderrTail: string): boolean {
  const lines = stderrTail.split("\n").filter(Boolean);
  return lines.length > MOST_HARMLESS_LINES || lines.some((line) => !HARMLESS.test(line));
}
