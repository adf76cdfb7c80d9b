import type {
  AudioTrack,
  Colour,
  CoverPicture,
  PacketGrid,
  SubtitleTrack,
  VideoTrack,
} from "../../shared/media/source-info.ts";
import {
  add,
  compare,
  max,
  multiply,
  parseRational,
  type Rational,
  rational,
  subtract,
  ZERO,
} from "../../shared/rational.ts";
import type { ProbedFrame, ProbedHeader, ProbedStream } from "./ffprobe.ts";
import type { StreamEnds } from "./find-end.ts";
import { framesOf, isLonePicture } from "./pick-streams.ts";

/** Characters. All of them are printed in playlists. */
const LONGEST_TITLE = 200;
const LONGEST_LANGUAGE = 35;
/** Real ones lie between 1:2 (fields) and 4:1; beyond this it is a broken header. */
const MOST_STRETCHED = rational(10);

export function describeVideo(
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
    pixelFormat: stream.pix_fmt ?? "unknown",
    colour: describeColour(stream),
    width: stream.width!,
    height: stream.height!,
    sampleAspectRatio: sampleAspectRatio(stream),
    rotation: quarterTurns(stream),
    baseRate: positive(parseRational(stream.r_frame_rate)) ?? positive(averageRate) ?? rational(25),
    averageRate: positive(averageRate) ?? rational(25),
    interlaced,
    reorderFrames: Math.max(0, stream.has_b_frames ?? 0),
    start: firstFrameTime(frames, stream),
    end: ends.get(stream.index)!,
    seekBack,
  };
}

export function describeAudio(stream: ProbedStream, header: ProbedHeader, ends: StreamEnds): AudioTrack {
  const frames = framesOf(header, stream);
  const bitrate = Number(stream.bit_rate);
  const end = ends.get(stream.index);
  const packetGrid = findPacketGrid(frames, stream);
  return {
    streamIndex: stream.index,
    codec: stream.codec_name!,
    ...(stream.profile && { profile: stream.profile }),
    ...(bitrate > 0 && { bitrate: Math.round(bitrate) }),
    ...(stream.channel_layout && { channelLayout: stream.channel_layout }),
    sampleRate: Number(stream.sample_rate),
    channels: stream.channels ?? 2,
    ...describeTags(stream),
    isDefault: stream.disposition?.default === 1,
    isCommentary: stream.disposition?.comment === 1,
    isDescriptive: stream.disposition?.visual_impaired === 1 || stream.disposition?.descriptions === 1,
    start: firstFrameTime(frames, stream),
    ...(end && { end }),
    ...(packetGrid && { packetGrid }),
    tick: timeBase(stream),
  };
}

const TEXT_SUBTITLES = new Set(["subrip", "srt", "ass", "ssa", "mov_text", "webvtt", "text"]);
/** Cues are pictures of text. */
const IMAGE_SUBTITLES = new Set(["hdmv_pgs_subtitle", "dvd_subtitle", "dvb_subtitle", "xsub"]);

export function describeSubtitle(stream: ProbedStream): SubtitleTrack {
  const codec = stream.codec_name ?? "unknown";
  return {
    streamIndex: stream.index,
    codec,
    form: TEXT_SUBTITLES.has(codec) ? "text" : IMAGE_SUBTITLES.has(codec) ? "image" : "other",
    ...describeTags(stream),
    isDefault: stream.disposition?.default === 1,
    isForced: stream.disposition?.forced === 1,
    isHearingImpaired: stream.disposition?.hearing_impaired === 1,
  };
}

/** The first picture that came with the file; undefined where there is none of a reasonable size. */
export function describeCover(header: ProbedHeader): CoverPicture | undefined {
  const sized = header.streams.filter(({ width, height }) => width && height);
  const cover =
    sized.find(({ disposition }) => disposition?.attached_pic) ??
    sized.find((stream) => isLonePicture(header, stream));
  if (!cover) return undefined;
  const { index: streamIndex, codec_name: codec = "unknown", width, height } = cover;
  return { streamIndex, codec, width: width!, height: height! };
}

function describeTags({ tags }: ProbedStream): { language?: string; title?: string } {
  const language = tags?.language;
  const title = shorten(tags?.title);
  return {
    ...(language && language !== "und" && language.length <= LONGEST_LANGUAGE && { language }),
    ...(title && { title }),
  };
}

function describeColour(stream: ProbedStream): Colour {
  const known = (name: string | undefined) => (name && !/^(unknown|reserved)$/.test(name) ? name : undefined);
  const primaries = known(stream.color_primaries);
  const transfer = known(stream.color_transfer);
  const matrix = known(stream.color_space);
  const dolbyVisionProfile = stream.side_data_list?.find(
    ({ dv_profile: profile }) => profile !== undefined,
  )?.dv_profile;
  return {
    // The pixel formats of JPEG say it by their name alone.
    isFullRange: stream.color_range === "pc" || (stream.pix_fmt ?? "").startsWith("yuvj"),
    ...(primaries && { primaries }),
    ...(transfer && { transfer }),
    ...(matrix && { matrix }),
    ...(dolbyVisionProfile !== undefined && { dolbyVisionProfile }),
  };
}

/** Codecs whose packets are not all equally long, even where the first ones are. */
const VARIABLE_PACKETS = new Set(["vorbis"]);

/**
 * Whether all packets are equally long, apart from the first, which the encoder's delay may have
 * shortened, and the last. The grid continues from the first one's end, as a decoder does.
 */
function findPacketGrid([first, ...frames]: ProbedFrame[], stream: ProbedStream): PacketGrid | undefined {
  const samples = frames[0]?.nb_samples;
  const whole = frames.length > 2 ? frames.slice(0, -1) : frames;
  if (VARIABLE_PACKETS.has(stream.codec_name!)) return undefined;
  if (!first || !samples || whole.some((frame) => frame.nb_samples !== samples)) return undefined;
  const start = multiply(rational(first.best_effort_timestamp!), timeBase(stream));
  return { samples, phase: add(start, rational(first.nb_samples ?? 0, Number(stream.sample_rate))) };
}

function firstFrameTime(frames: ProbedFrame[], stream: ProbedStream): Rational {
  const first = frames.reduce(
    (least, frame) => Math.min(least, frame.best_effort_timestamp!),
    Number.MAX_SAFE_INTEGER,
  );
  return multiply(rational(first), timeBase(stream));
}

/** More frames than H.264 keeps for reordering, at the lowest rates that it is used at. */
const LONGEST_DELAY = rational(1);

/**
 * How long after its packet's decode time a frame is shown, seconds: the decoder's room to reorder, where a
 * container has no presentation times.
 */
export function reorderDelay(stream: ProbedStream, header: ProbedHeader): Rational {
  const frames = framesOf(header, stream);
  if (frames.length === 0 || stream.start_pts === undefined) return ZERO;
  const first = multiply(rational(stream.start_pts), timeBase(stream));
  const delay = max(subtract(firstFrameTime(frames, stream), first), ZERO);
  return compare(delay, LONGEST_DELAY) > 0 ? LONGEST_DELAY : delay;
}

/** How long the sound of a packet is, by the last that was decoded, seconds; zero for pictures. */
export function soundLength(stream: ProbedStream, header: ProbedHeader): Rational {
  const samples = framesOf(header, stream).at(-1)?.nb_samples;
  return samples ? rational(samples, Number(stream.sample_rate)) : ZERO;
}

/** One tick, seconds. */
export function timeBase(stream: ProbedStream): Rational {
  return positive(parseRational(stream.time_base)) ?? rational(1, 1000);
}

/** Between characters, never within one: what is stored must be what was hashed. */
export function shorten(title: string | undefined): string | undefined {
  return title && [...title.slice(0, 2 * LONGEST_TITLE)].slice(0, LONGEST_TITLE).join("");
}

function sampleAspectRatio(stream: ProbedStream): Rational {
  const ratio = positive(parseRational(stream.sample_aspect_ratio ?? "1:1")) ?? rational(1);
  const isSane =
    compare(ratio, MOST_STRETCHED) <= 0 && compare(multiply(ratio, MOST_STRETCHED), rational(1)) >= 0;
  return isSane ? ratio : rational(1);
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
