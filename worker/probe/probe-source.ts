import { FaultError } from "../../shared/fault.ts";
import type { SourceInfo } from "../../shared/media/source-info.ts";
import { add, multiply, parseRational, type Rational, rational, ZERO } from "../../shared/rational.ts";
import type { SourceFile } from "../media-folder.ts";
import { type RunOptions, RunTimeoutError } from "../run-program.ts";
import { hasContainerSignature } from "./container-signature.ts";
import { describeAudio, describeVideo, timeBase } from "./describe-tracks.ts";
import { type ProbedHeader, type ProbedStream, readHeader, readPackets } from "./ffprobe.ts";
import { findEnds, type StreamEnds } from "./find-end.ts";
import { framesOf, isPlayable, pickStreams } from "./pick-streams.ts";

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
