import * as z from "zod";
import { commonArgs, inputGuards, streamGuard } from "../ffmpeg/input-args.ts";
import { type RunOptions, type RunResult, runProgram } from "../run-program.ts";

const disposition = z
  .object({
    default: z.number(),
    attached_pic: z.number(),
    forced: z.number(),
    comment: z.number(),
    hearing_impaired: z.number(),
    visual_impaired: z.number(),
    descriptions: z.number(),
  })
  .partial();

const stream = z.object({
  index: z.int(),
  codec_type: z.string().optional(),
  codec_name: z.string().optional(),
  width: z.int().optional(),
  height: z.int().optional(),
  sample_aspect_ratio: z.string().optional(),
  field_order: z.string().optional(),
  has_b_frames: z.int().optional(),
  r_frame_rate: z.string(),
  avg_frame_rate: z.string(),
  time_base: z.string(),
  start_pts: z.int().optional(),
  sample_rate: z.string().optional(),
  channels: z.int().optional(),
  channel_layout: z.string().optional(),
  profile: z.string().optional(),
  bit_rate: z.string().optional(),
  pix_fmt: z.string().optional(),
  color_range: z.string().optional(),
  color_space: z.string().optional(),
  color_transfer: z.string().optional(),
  color_primaries: z.string().optional(),
  disposition: disposition.optional(),
  tags: z.record(z.string(), z.string()).optional(),
  side_data_list: z
    .array(z.object({ rotation: z.number().optional(), dv_profile: z.int().optional() }))
    .optional(),
});

const frame = z.object({
  /** What a subtitle packet decodes to has none. */
  stream_index: z.int().optional(),
  best_effort_timestamp: z.int().optional(),
  nb_samples: z.int().optional(),
  interlaced_frame: z.int().optional(),
});

const chapter = z.object({
  time_base: z.string(),
  start: z.int(),
  end: z.int(),
  tags: z.record(z.string(), z.string()).optional(),
});

/** Of a broadcast: the streams that belong together. */
const program = z.object({ streams: z.array(z.object({ index: z.int() })).default([]) });

const header = z.object({
  format: z.object({
    format_name: z.string(),
    start_time: z.string().optional(),
    duration: z.string().optional(),
  }),
  streams: z.array(stream),
  programs: z.array(program).default([]),
  chapters: z.array(chapter).default([]),
  frames: z.array(frame).default([]),
});

const packets = z.object({
  packets: z.array(
    z.object({
      stream_index: z.int(),
      /** AVI has none where pictures are reordered. */
      pts: z.int().optional(),
      dts: z.int().optional(),
      duration: z.int().optional(),
      flags: z.string(),
    }),
  ),
});

export type ProbedHeader = z.infer<typeof header>;
export type ProbedStream = z.infer<typeof stream>;
export type ProbedChapter = z.infer<typeof chapter>;
export type ProbedFrame = z.infer<typeof frame>;
export type ProbedPacket = z.infer<typeof packets>["packets"][number];

const HEADER_ENTRIES = [
  "format=format_name,start_time,duration",
  "stream=index,codec_type,codec_name,width,height,sample_aspect_ratio,field_order,has_b_frames,r_frame_rate," +
    "avg_frame_rate,time_base,start_pts,sample_rate,channels,channel_layout,profile,bit_rate,pix_fmt," +
    "color_range,color_space,color_transfer,color_primaries",
  "stream_disposition=default,attached_pic,forced,comment,hearing_impaired,visual_impaired,descriptions",
  "stream_tags=language,title",
  "stream_side_data=rotation,dv_profile",
  "program_stream=index",
  "chapter=time_base,start,end",
  "chapter_tags=title",
  "frame=stream_index,best_effort_timestamp,nb_samples,interlaced_frame",
].join(":");

/**
 * Closes an interval that has no end: thirty thousand years. Ffprobe 7.1 leaves the number of packets to read
 * unset in an open one, and then reads as many as its memory happens to hold: often none, with exit code 0.
 */
const NO_END = "+1000000000000";

/** What `readHeader` answers: no header where FFmpeg could not make anything of a file. */
export interface HeaderReading {
  readonly header?: ProbedHeader;
  readonly stderrTail: string;
}

/** Bytes of one answer: twenty seconds of a film are a tenth of it, tags of megabytes are no film's. */
const MAX_ANSWER_BYTES = 32 * 1024 ** 2;

/** Formats and streams, and the frames that the first `packetCount` packets decode to. */
export async function readHeader(
  inputUrl: string,
  packetCount: number,
  options: RunOptions,
): Promise<HeaderReading> {
  const interval = ["-read_intervals", `%+#${packetCount}`];
  const args = [
    ...interval,
    "-show_format",
    "-show_streams",
    "-show_chapters",
    "-show_frames",
    "-show_entries",
    HEADER_ENTRIES,
  ];
  const { stdout, stderrTail } = await ffprobe(args, inputUrl, options);
  const parsed = header.safeParse(parseJson(stdout));
  return { ...(parsed.success && { header: parsed.data }), stderrTail };
}

/**
 * Packets of all streams (or one) from `start` on, without decoding.
 * @param interval as in ffprobe's `-read_intervals`, such as `12.5%` or `0%+20`.
 */
export async function readPackets(
  inputUrl: string,
  interval: string,
  streamSpecifier: string | undefined,
  options: RunOptions,
): Promise<readonly ProbedPacket[]> {
  const args = [
    ...(streamSpecifier ? ["-select_streams", streamSpecifier] : []),
    ...["-read_intervals", interval.endsWith("%") ? `${interval}${NO_END}` : interval],
    ...["-show_entries", "packet=stream_index,pts,dts,duration,flags"],
  ];
  const result = await ffprobe(args, inputUrl, options);
  const parsed = packets.safeParse(parseJson(result.stdout));
  return parsed.success ? parsed.data.packets : [];
}

const frames = z.object({ frames: z.array(frame) });

/** Decoded frames of one stream in an ffprobe interval. */
export async function readFrames(
  inputUrl: string,
  interval: string,
  streamSpecifier: string,
  options: RunOptions,
): Promise<readonly ProbedFrame[]> {
  const args = [
    ...["-select_streams", streamSpecifier, "-read_intervals", interval],
    ...["-show_entries", "frame=stream_index,best_effort_timestamp,nb_samples"],
  ];
  const result = await ffprobe(args, inputUrl, options);
  const parsed = frames.safeParse(parseJson(result.stdout));
  return parsed.success ? parsed.data.frames : [];
}

function ffprobe(args: readonly string[], inputUrl: string, options: RunOptions): Promise<RunResult> {
  const input = ["-of", "json=compact=1", "-i", inputUrl];
  const limited = { ...options, maxOutputBytes: MAX_ANSWER_BYTES };
  return runProgram(
    "ffprobe",
    [...commonArgs, ...inputGuards(inputUrl), ...streamGuard, ...args, ...input],
    limited,
  );
}

function parseJson(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    // ffprobe was cut short or printed nothing: the same as no answer.
    return undefined;
  }
}
