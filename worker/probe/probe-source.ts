import { FaultError } from "../../shared/fault.ts";
import type { SourceInfo } from "../../shared/media/source-info.ts";
import { checkLimits, MAX_STREAMS, tooLarge } from "../../shared/media/source-limits.ts";
import {
  add,
  multiply,
  parseRational,
  type Rational,
  RationalOverflowError,
  rational,
  ZERO,
} from "../../shared/rational.ts";
import { type RunOptions, RunOutputError } from "../run-program.ts";
import type { SourceFile } from "../source-file.ts";
import { hasContainerSignature } from "./container-signature.ts";
import { describeChapters } from "./describe-chapters.ts";
import {
  describeAudio,
  describeCover,
  describeSubtitle,
  describeVideo,
  reorderDelay,
  soundLength,
  timeBase,
} from "./describe-tracks.ts";
import {
  type HeaderReading,
  type ProbedHeader,
  type ProbedPacket,
  type ProbedStream,
  readHeader,
  readPackets,
} from "./ffprobe.ts";
import { FAR, findEnds, type StreamEnds } from "./find-end.ts";
import { framesOf, isPlayable, pickStreams } from "./pick-streams.ts";

/** Enough for every stream's first frames in an ordinary file, and for a stream that starts in mid-GOP. */
const FIRST_PACKETS = 48;
const MORE_PACKETS = 1200;
/** Containers without an index of keyframes: a seek lands on any packet. */
const UNINDEXED = new Set(["mpegts", "mpeg", "asf"]);
/** Read from past the end on, the sound beside a picture has time stamps that are up to a page too late. */
const GUESSED_AT_END = new Set(["ogg"]);
const GOP_SAMPLE_SECONDS = 20;
const SEEK_SLACK = rational(1, 2);

/**
 * Finds out all that a plan needs. Reads the first and the last few seconds of the file.
 * @throws FaultError where the source can't be played, or asks for too much.
 */
export async function probeSource(file: SourceFile, options: RunOptions): Promise<SourceInfo> {
  try {
    const source = await describeSource(file, options);
    checkLimits(source);
    return source;
  } catch (error) {
    throw toFault(error, file);
  }
}

function toFault(error: unknown, file: SourceFile): unknown {
  if (error instanceof RationalOverflowError) {
    const detail = `“${file.path}” has time stamps that make no sense: it is damaged.`;
    return new FaultError("source-damaged", detail, { cause: error });
  }
  if (error instanceof RunOutputError) {
    const detail = `“${file.path}” has more packets or longer tags than a film has: it is not read to its end.`;
    return new FaultError("source-too-large", detail, { cause: error });
  }
  return error;
}

/** Reads the end of the file beside its beginning: two programs that start take as long as one. */
async function describeSource(file: SourceFile, options: RunOptions): Promise<SourceInfo> {
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const tail = readPackets(file.inputUrl, FAR, undefined, { ...options, signal });
  try {
    return await describeWithTail(file, tail, options);
  } finally {
    failed.abort();
    await tail.catch(() => {});
  }
}

async function describeWithTail(
  file: SourceFile,
  tail: Promise<readonly ProbedPacket[]>,
  options: RunOptions,
): Promise<SourceInfo> {
  // Where the beginning is unreadable, that is what is said.
  tail.catch(() => {});
  const { header, streams } = await readStreams(file, options);
  const main = streams.video ?? streams.audio[0]!;
  const [ends, seekBack] = await Promise.all([
    findStreamEnds(file, tail, header, main, streams.audio, options),
    streams.video ? measureSeekBack(file, header, streams.video, options) : ZERO,
  ]);
  if (!ends.has(main.index)) {
    const detail = `“${file.path}” can't be read from any place but its beginning: it is damaged, or has no index.`;
    throw new FaultError("source-damaged", detail);
  }
  const video = streams.video && describeVideo(streams.video, header, ends, seekBack);
  const cover = describeCover(header);
  return {
    path: file.path,
    fingerprint: file.fingerprint,
    format: header.format.format_name,
    formatStart: parseRational(header.format.start_time ?? "0") ?? ZERO,
    ...(video && { video }),
    audio: streams.audio.map((stream) => describeAudio(stream, header, ends)),
    subtitles: header.streams.filter((stream) => stream.codec_type === "subtitle").map(describeSubtitle),
    chapters: describeChapters(header.chapters),
    ...(cover && { cover }),
  };
}

async function readStreams(file: SourceFile, options: RunOptions) {
  const { header, stderrTail } = await readDecodableHeader(file, options);
  try {
    if (!header) throw await unreadable(file, stderrTail, options.signal);
    return { header, streams: pickStreams(header, file) };
  } catch (error) {
    // What FFmpeg refused to open shows as damage otherwise.
    throw overLimit(file, stderrTail) ?? error;
  }
}

/** The header, read further where the first packets decode to no frame of some stream. */
async function readDecodableHeader(file: SourceFile, options: RunOptions): Promise<HeaderReading> {
  const first = await readHeader(file.inputUrl, FIRST_PACKETS, options);
  const { header } = first;
  if (!header) return first;
  if (header.streams.filter(isPlayable).every((stream) => framesOf(header, stream).length >= 2)) return first;
  const more = await readHeader(file.inputUrl, MORE_PACKETS, options);
  return more.header ? more : first;
}

/** FFmpeg's words where one of the input guards held. */
function overLimit(file: SourceFile, stderrTail: string): FaultError | undefined {
  if (/exceeds specified max pixel count/.test(stderrTail)) {
    return tooLarge(file.path, "has pictures that are too large", "8192x8192 pixels");
  }
  if (/exceeds max_streams/.test(stderrTail)) {
    return tooLarge(file.path, "has too many streams", `${MAX_STREAMS}`);
  }
  return undefined;
}

async function unreadable(file: SourceFile, stderrTail: string, signal: AbortSignal): Promise<FaultError> {
  if (/Permission denied/i.test(stderrTail)) {
    return new FaultError(
      "source-unreadable",
      `“${file.path}” can't be read: check its owner and permissions.`,
    );
  }
  if (hasContainerSignature(await file.readStart(signal))) {
    return new FaultError("source-damaged", `“${file.path}” is damaged or was not copied to its end.`);
  }
  return new FaultError("not-media", `“${file.path}” is no film or sound file that can be read.`);
}

function findStreamEnds(
  file: SourceFile,
  tail: Promise<readonly ProbedPacket[]>,
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
    delays: new Map(header.streams.map((stream) => [stream.index, reorderDelay(stream, header)])),
    lengths: new Map(audio.map((stream) => [stream.index, soundLength(stream, header)])),
    declaredEnd: duration && add(start, duration),
    start,
    landsAnywhere: isUnindexed(header) || GUESSED_AT_END.has(header.format.format_name),
    read: (interval) => (interval === FAR ? tail : readPackets(file.inputUrl, interval, undefined, options)),
  });
}

/** About one GOP where a seek may land between keyframes; as good as nothing where it can't. */
async function measureSeekBack(
  file: SourceFile,
  header: ProbedHeader,
  video: ProbedStream,
  options: RunOptions,
): Promise<Rational> {
  // An index of decode times finds keyframes that are shown later than they are sought.
  if (!isUnindexed(header)) return header.format.format_name === "avi" ? reorderDelay(video, header) : ZERO;
  const packets = await readPackets(file.inputUrl, `%+${GOP_SAMPLE_SECONDS}`, String(video.index), options);
  const keyframes = packets.filter(({ flags, pts }) => flags.startsWith("K") && pts !== undefined);
  const gaps = keyframes.slice(1).map(({ pts }, k) => pts! - keyframes[k]!.pts!);
  const longest = multiply(rational(Math.max(0, ...gaps)), timeBase(video));
  return add(gaps.length > 0 ? longest : rational(GOP_SAMPLE_SECONDS), SEEK_SLACK);
}

function isUnindexed(header: ProbedHeader): boolean {
  return UNINDEXED.has(header.format.format_name);
}
