import * as z from "zod";
import { mostCommon, type TrackSpan } from "../../check/media/track-span.ts";
import { commonArgs, inputGuards, streamGuard } from "../../worker/ffmpeg/input-args.ts";
import { runProgram } from "../../worker/run-program.ts";

const TIMEOUT_MS = 30_000;
const ENTRIES =
  "stream=index,codec_type,codec_name,profile,level,width,height,time_base:packet=stream_index,pts,dts,duration,flags";

const probed = z.object({
  streams: z.array(
    z.object({
      index: z.int(),
      codec_type: z.string().default("data"),
      codec_name: z.string().default("unknown"),
      profile: z.string().exactOptional(),
      level: z.int().exactOptional(),
      width: z.int().exactOptional(),
      height: z.int().exactOptional(),
      time_base: z.string(),
    }),
  ),
  packets: z.array(
    z.object({
      stream_index: z.int(),
      pts: z.number().exactOptional(),
      dts: z.number().exactOptional(),
      duration: z.number().exactOptional(),
      flags: z.string().default(""),
    }),
  ),
});

type Stream = z.infer<typeof probed>["streams"][number];
type Packet = z.infer<typeof probed>["packets"][number];

/** What FFprobe finds in a segment that is no fragmented MP4: MPEG-TS and packed audio. */
export async function demuxSegment(path: string, signal: AbortSignal): Promise<readonly TrackSpan[]> {
  const url = `file:${path}`;
  const args = [
    ...commonArgs,
    ...inputGuards(url),
    ...streamGuard,
    "-show_entries",
    ENTRIES,
    "-of",
    "json=c=1",
    url,
  ];
  const { exitCode, stdout, stderrTail } = await runProgram("ffprobe", args, {
    signal,
    timeoutMs: TIMEOUT_MS,
  });
  if (exitCode === 127) throw new Error("ffprobe, which reads these, is not on the PATH");
  if (exitCode !== 0) throw new Error(reason(stderrTail, path));
  const { streams, packets } = probed.parse(JSON.parse(stdout));
  const spans = streams.flatMap((stream) =>
    describe(
      stream,
      packets.filter(({ stream_index }) => stream_index === stream.index),
    ),
  );
  if (spans.length === 0) throw new Error("it has no packets");
  return spans;
}

function describe(stream: Stream, packets: readonly Packet[]): TrackSpan[] {
  const times = packets.flatMap(({ dts, pts }) => dts ?? pts ?? []);
  if (times.length === 0) return [];
  const steps = times.slice(1).map((time, k) => time - times[k]!);
  const sampleTicks = mostCommon(steps.length > 0 ? steps : packets.map(({ duration = 0 }) => duration));
  const [n = 1, d = 90_000] = stream.time_base.split("/").map(Number);
  return [
    {
      id: stream.index,
      kind: stream.codec_type === "video" ? "video" : stream.codec_type === "audio" ? "audio" : "other",
      codec: codecString(stream),
      timescale: d / n,
      decodeStart: times[0],
      decodeEnd: times.at(-1)! + sampleTicks,
      presentationStart: Math.min(...packets.flatMap(({ pts, dts }) => pts ?? dts ?? [])),
      sampleCount: times.length,
      sampleTicks,
      beginsWithSync: packets[0]!.flags.startsWith("K"),
      isExact: false,
      width: stream.width,
      height: stream.height,
    },
  ];
}

/** In FFprobe's words (ITU-T H.264 A.2). */
const AVC_PROFILES: Readonly<Record<string, number>> = {
  ...{ "Constrained Baseline": 66, Baseline: 66, Main: 77, Extended: 88, High: 100, "High 10": 110 },
  ...{ "High 4:2:2": 122, "High 4:4:4 Predictive": 244 },
};
const AAC_PROFILES: Readonly<Record<string, string>> = { LC: "2", "HE-AAC": "5", "HE-AACv2": "29" };
const CODECS: Readonly<Record<string, string>> = {
  ...{ hevc: "hvc1", ac3: "ac-3", eac3: "ec-3", mp3: "mp4a.40.34", opus: "opus", flac: "fLaC", av1: "av01" },
};

/** As in CODECS, as far as FFprobe tells. */
function codecString({ codec_name: name, profile = "", level = 0 }: Stream): string {
  const hex = (value: number) => value.toString(16).padStart(2, "0").toUpperCase();
  if (name === "h264") return `avc1.${hex(AVC_PROFILES[profile] ?? 0)}00${hex(level)}`;
  if (name === "aac") return `mp4a.40.${AAC_PROFILES[profile] ?? "2"}`;
  return CODECS[name] ?? name;
}

function reason(stderrTail: string, path: string): string {
  const last = stderrTail.split("\n").filter(Boolean).at(-1) ?? "it can't be read";
  return last.replaceAll(`file:${path}`, "").replace(/^: /, "");
}
