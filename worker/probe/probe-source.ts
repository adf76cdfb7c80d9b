import { FaultError } from "../../shared/fault.ts";
import type { AudioTrack, PacketGrid, SourceInfo, VideoTrack } from "../../shared/media/source-info.ts";
import {
  add,
  compare,
  multiply,
  parseRational,
  type Rational,
  rational,
  ZERO,
} from "../../shared/rational.ts";
import type { SourceFile } from "../media-folder.ts";
import { type RunOptions, RunTimeoutError } from "../run-program.ts";
import { hasContainerSignature } from "./container-signature.ts";
import {
  type ProbedFrame,
  type ProbedHeader,
  type ProbedStream,
  readHeader,
  readPackets,
} from "./ffprobe.ts";
import { findEnds, type StreamEnds } from "./find-end.ts";

/** Enough for every stream's first frames in an ordinary file, and for a stream that starts in mid-GOP. */
const FIRST_PACKETS = 48;
const MORE_PACKETS = 1200;
/** Containers without an index of keyframes: a seek lands on any packet. */
const UNINDEXED = new Set(["mpegts", "mpeg", "asf"]);
const GOP_SAMPLE_SECONDS = 20;
const SEEK_SLACK = rational(1, 2);

/** Finds out all that a plan needs. Reads the first and the last few seconds of the file. */
export async function probeSource(file: SourceFile, options: RunOptions): Promise<SourceInfo> {
  try {
    return await probe(file, options);
  } catch (error) {
    if (!(error instanceof RunTimeoutError)) throw error;
    const detail = `“${file.path}” could not be examined within ${options.timeoutMs} ms.`;
    throw new FaultError("source-timeout", detail, { cause: error });
  }
}

async function probe(file: SourceFile, options: RunOptions): Promise<SourceInfo> {
  const header = await readDecodableHeader(file, options);
  const streams = pickStreams(header, file);
  const main = streams.video ?? streams.audio[0]!;
  const [ends, seekBack] = await Promise.all([
    findStreamEnds(file, header, main, streams.audio, options),
    streams.video ? measureSeekBack(file, header, streams.video, options) : ZERO,
  ]);
  if (!ends.has(main.index)) {
    throw new FaultError("source-damaged", `“${file.path}” holds no readable picture or sound.`);
  }
  const video = streams.video && describeVideo(streams.video, header, ends, seekBack);
  return {
    path: file.path,
    fingerprint: file.fingerprint,
    format: header.format.format_name,
    formatStart: parseRational(header.format.start_time ?? "0") ?? ZERO,
    ...(video && { video }),
    audio: streams.audio.map((stream) => describeAudio(stream, header, ends)),
  };
}

/** The header, read further where the first packets decode to no frame of some stream. */
async function readDecodableHeader(file: SourceFile, options: RunOptions): Promise<ProbedHeader> {
  const first = await readHeader(file.realPath, FIRST_PACKETS, options);
  if ("stderrTail" in first) throw await unreadable(file, first.stderrTail);
  const wanted = first.streams.filter(isPlayable);
  if (wanted.every((stream) => framesOf(first, stream).length >= 2)) return first;
  const more = await readHeader(file.realPath, MORE_PACKETS, options);
  return "stderrTail" in more ? first : more;
}

async function unreadable(file: SourceFile, stderrTail: string): Promise<FaultError> {
  if (/Permission denied/i.test(stderrTail)) {
    return new FaultError(
      "source-unreadable",
      `“${file.path}” can't be read: check its owner and permissions.`,
    );
  }
  if (await hasContainerSignature(file.realPath)) {
    return new FaultError("source-damaged", `“${file.path}” is damaged or was not copied to its end.`);
  }
  return new FaultError("not-media", `“${file.path}” is no film or sound file that can be read.`);
}

/** The picture and the sound tracks that decode. */
function pickStreams(
  header: ProbedHeader,
  file: SourceFile,
): { video?: ProbedStream; audio: ProbedStream[] } {
  const playable = header.streams.filter(isPlayable);
  if (playable.length === 0) {
    throw new FaultError("not-media", `“${file.path}” has neither picture nor sound.`);
  }
  const decodable = playable.filter((stream) => framesOf(header, stream).length > 0);
  const videos = decodable.filter((stream) => stream.codec_type === "video");
  const video = videos.find((stream) => stream.disposition?.default) ?? videos[0];
  const lostVideo = playable.find((stream) => stream.codec_type === "video");
  if (decodable.length === 0 || (lostVideo && !video)) throw undecodable(lostVideo ?? playable[0]!, file);
  const audio = decodable.filter((stream) => stream.codec_type === "audio");
  return { ...(video && { video }), audio };
}

function undecodable(stream: ProbedStream, file: SourceFile): FaultError {
  const codec = stream.codec_name && stream.codec_name !== "unknown" ? stream.codec_name : undefined;
  if (codec) {
    const detail = `No ${stream.codec_type} frame of “${file.path}” (${codec}) can be decoded: it is damaged.`;
    return new FaultError("source-damaged", detail);
  }
  const detail = `The ${stream.codec_type} of “${file.path}” is in a codec that FFmpeg doesn't know here.`;
  return new FaultError("codec-unsupported", detail);
}

function isPlayable(stream: ProbedStream): boolean {
  if (stream.codec_type === "audio") return true;
  // A cover picture is not a film.
  return stream.codec_type === "video" && !stream.disposition?.attached_pic;
}

function framesOf(header: ProbedHeader, stream: ProbedStream): ProbedFrame[] {
  return header.frames.filter(
    (frame) => frame.stream_index === stream.index && frame.best_effort_timestamp !== undefined,
  );
}

function findStreamEnds(
  file: SourceFile,
  header: ProbedHeader,
  main: ProbedStream,
  audio: readonly ProbedStream[],
  options: RunOptions,
): Promise<StreamEnds> {
  const start = parseRational(header.format.start_time ?? "0") ?? ZERO;
  const duration = parseRational(header.format.duration ?? "");
  return findEnds({
    mainStream: main.index,
    otherStreams: audio.map((stream) => stream.index),
    timeBases: new Map(header.streams.map((stream) => [stream.index, timeBase(stream)])),
    declaredEnd: duration && add(start, duration),
    start,
    landsAnywhere: isUnindexed(header),
    read: (interval) => readPackets(file.realPath, interval, undefined, options),
  });
}

/** About one GOP where a seek may land between keyframes; nothing where it can't. */
async function measureSeekBack(
  file: SourceFile,
  header: ProbedHeader,
  video: ProbedStream,
  options: RunOptions,
): Promise<Rational> {
  if (!isUnindexed(header)) return ZERO;
  const packets = await readPackets(file.realPath, `%+${GOP_SAMPLE_SECONDS}`, String(video.index), options);
  const keyframes = packets.filter(({ flags, pts }) => flags.startsWith("K") && pts !== undefined);
  const gaps = keyframes.slice(1).map(({ pts }, k) => pts! - keyframes[k]!.pts!);
  const longest = multiply(rational(Math.max(0, ...gaps)), timeBase(video));
  return add(gaps.length > 0 ? longest : rational(GOP_SAMPLE_SECONDS), SEEK_SLACK);
}

function isUnindexed(header: ProbedHeader): boolean {
  return UNINDEXED.has(header.format.format_name);
}

function describeVideo(
  stream: ProbedStream,
  header: ProbedHeader,
  ends: StreamEnds,
  seekBack: Rational,
): VideoTrack {
  const frames = framesOf(header, stream);
  const averageRate = parseRational(stream.avg_frame_rate) ?? parseRational(stream.r_frame_rate);
  const interlaced =
    ["tt", "bb", "tb", "bt"].includes(stream.field_order ?? "") ||
    frames.some((frame) => frame.interlaced_frame);
  return {
    streamIndex: stream.index,
    codec: stream.codec_name!,
    width: stream.width!,
    height: stream.height!,
    sampleAspectRatio: positive(parseRational(stream.sample_aspect_ratio ?? "1:1")) ?? rational(1),
    rotation: quarterTurns(stream),
    baseRate: positive(parseRational(stream.r_frame_rate)) ?? positive(averageRate) ?? rational(25),
    averageRate: positive(averageRate) ?? rational(25),
    interlaced,
    start: firstFrameTime(frames, stream),
    end: ends.get(stream.index)!,
    seekBack,
  };
}

function describeAudio(stream: ProbedStream, header: ProbedHeader, ends: StreamEnds): AudioTrack {
  const frames = framesOf(header, stream);
  const language = stream.tags?.language;
  const title = stream.tags?.title;
  const end = ends.get(stream.index);
  const packetGrid = findPacketGrid(frames, stream);
  return {
    streamIndex: stream.index,
    codec: stream.codec_name!,
    sampleRate: Number(stream.sample_rate),
    channels: stream.channels ?? 2,
    ...(language && language !== "und" && { language }),
    ...(title && { title }),
    isDefault: stream.disposition?.default === 1,
    start: firstFrameTime(frames, stream),
    ...(end && { end }),
    ...(packetGrid && { packetGrid }),
    tick: timeBase(stream),
  };
}

/** From the second frame on: the first may be cut by the encoder's delay. */
function findPacketGrid([, ...frames]: ProbedFrame[], stream: ProbedStream): PacketGrid | undefined {
  const [anchor] = frames;
  const samples = anchor?.nb_samples;
  // The last frame of a short file is shorter.
  const whole = frames.length > 2 ? frames.slice(0, -1) : frames;
  if (!samples || whole.some((frame) => frame.nb_samples !== samples)) return undefined;
  return { samples, phase: multiply(rational(anchor.best_effort_timestamp!), timeBase(stream)) };
}

function firstFrameTime(frames: ProbedFrame[], stream: ProbedStream): Rational {
  const first = frames.reduce(
    (least, frame) => Math.min(least, frame.best_effort_timestamp!),
    Number.MAX_SAFE_INTEGER,
  );
  return multiply(rational(first), timeBase(stream));
}

function timeBase(stream: ProbedStream): Rational {
  return positive(parseRational(stream.time_base)) ?? rational(1, 1000);
}

function positive(value: Rational | undefined): Rational | undefined {
  return value && compare(value, ZERO) > 0 ? value : undefined;
}

/** FFmpeg gives the counter-clockwise angle of the display matrix. */
function quarterTurns(stream: ProbedStream): 0 | 90 | 180 | 270 {
  const angle = stream.side_data_list?.find(({ rotation }) => rotation !== undefined)?.rotation ?? 0;
  const turns = (((Math.round(-angle / 90) % 4) + 4) % 4) * 90;
  return turns as 0 | 90 | 180 | 270;
}
