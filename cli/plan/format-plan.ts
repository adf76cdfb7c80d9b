import { formatColumns } from "../output/columns.ts";
import type { Style } from "../output/style.ts";
import { count, formatBitrate, formatClock } from "../output/words.ts";
import type { PlanDescription } from "./describe-plan.ts";

/** A plan for people. */
export function formatPlan(plan: PlanDescription, style: Style): string {
  const sections: readonly (readonly [string, string])[] = [
    ["Ladder", formatLadder(plan)],
    ["Original", formatOriginal(plan)],
    ["Timeline", formatTimeline(plan)],
    ["Sound", formatSound(plan)],
    ["Subtitles", formatSubtitles(plan)],
    ["Chapters", formatChapters(plan)],
  ];
  const body = sections.filter(([, text]) => text).map(([name, text]) => `\n${style("bold", name)}\n${text}`);
  return [`${style("bold", plan.path)}  ${formatSource(plan)}`, `key ${plan.titleKey}`, ...body, ""].join(
    "\n",
  );
}

function formatSource({ format, video, durationSeconds }: PlanDescription): string {
  const picture = video
    ? `${video.codec} ${video.width}x${video.height}${video.interlaced ? " interlaced" : ""} at ${video.frameRate} frames/s`
    : "no picture";
  return `${formatClock(durationSeconds)}, ${picture}, ${format.split(",")[0]}`;
}

function formatLadder({ rungs }: PlanDescription): string {
  return formatColumns(
    rungs.map(({ name, width, height, frameRate, codec, averageBitrate, bandwidth }) => [
      ...[name, `${width}x${height}`, `${frameRate} frames/s`, codec],
      ...[`about ${formatBitrate(averageBitrate)}`, `at most ${formatBitrate(bandwidth)}`],
    ]),
    "  ",
  );
}

function formatOriginal({ original }: PlanDescription): string {
  if (original.kind !== "copied")
    return `  ${original.kind === "unknown" ? "not known yet" : "not offered"}: ${original.reason}`;
  const { codec, averageBitrate, bandwidth, segments, independent } = original;
  const opening = independent ? "" : ", open GOPs";
  return `  ${codec}, ${formatBitrate(averageBitrate)}, at most ${formatBitrate(bandwidth)}, ${count(segments, "segment")}${opening}`;
}

/** The lengths of segments, equal ones that follow each other taken together. */
function formatTimeline({ borders, targetDurationSeconds }: PlanDescription): string {
  const runs: { seconds: string; count: number }[] = [];
  for (const [k, end] of borders.slice(1).entries()) {
    const seconds = String(Math.round((end - borders[k]!) * 1000) / 1000);
    const last = runs.at(-1);
    if (last?.seconds === seconds) last.count += 1;
    else runs.push({ seconds, count: 1 });
  }
  const shown = runs.length > 8 ? [...runs.slice(0, 6), undefined, ...runs.slice(-2)] : runs;
  const lengths = shown.map((run) =>
    run ? `${run.count > 1 ? `${run.count} × ` : ""}${run.seconds} s` : "…",
  );
  return `  ${count(borders.length - 1, "segment")}: ${lengths.join(", ")}; target duration ${targetDurationSeconds} s`;
}

function formatSound({ audio }: PlanDescription): string {
  return formatColumns(
    audio.map(({ id, name, language, codec, channels, averageBitrate, isCopied, from }) => [
      ...[id, name ?? "", language ?? "", `${codec} ${channels === 6 ? "5.1" : `${channels} ch`}`],
      ...[formatBitrate(averageBitrate), isCopied ? "as it is" : `from ${from}`],
    ]),
    "  ",
  );
}

function formatSubtitles({ subtitles }: PlanDescription): string {
  return formatColumns(
    subtitles.map((track) => [
      ...["id" in track ? track.id : "–", track.name ?? "", track.language ?? "", `from ${track.from}`],
      "unavailable" in track ? `not offered: ${track.unavailable}` : track.forced ? "forced" : "",
    ]),
    "  ",
  );
}

function formatChapters({ chapters }: PlanDescription): string {
  return formatColumns(
    chapters.map(({ startSeconds, title }) => [formatClock(startSeconds), title]),
    "  ",
  );
}
