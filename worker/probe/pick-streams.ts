import { FaultError } from "../../shared/fault.ts";
import type { SourceFile } from "../source-file.ts";
import type { ProbedFrame, ProbedHeader, ProbedStream } from "./ffprobe.ts";

/** Hz. Telephones have 8000, studios 384,000. */
const LOWEST_SAMPLE_RATE = 1000;
const HIGHEST_SAMPLE_RATE = 768_000;

/** The picture and the sound tracks that decode. */
export function pickStreams(
  header: ProbedHeader,
  file: SourceFile,
): { video?: ProbedStream; audio: ProbedStream[] } {
  const playable = header.streams.filter((stream) => isPlayable(stream) && !isLonePicture(header, stream));
  if (playable.length === 0) {
    throw new FaultError("not-media", `“${file.path}” has neither picture nor sound.`);
  }
  const decodable = playable.filter((stream) => isSane(stream) && framesOf(header, stream).length > 0);
  const videos = decodable.filter((stream) => stream.codec_type === "video");
  const video = videos.find((stream) => stream.disposition?.default) ?? videos[0];
  const lostVideo = playable.find((stream) => stream.codec_type === "video");
  if (decodable.length === 0 || (lostVideo && !video)) throw undecodable(lostVideo ?? playable[0]!, file);
  const audio = decodable.filter(
    (stream) => stream.codec_type === "audio" && (!video || isOfProgramme(stream, video, header)),
  );
  return { ...(video && { video }), audio };
}

/** Broadcasts carry several programmes side by side: sound that is in none, or in the picture's, belongs to it. */
function isOfProgramme(sound: ProbedStream, picture: ProbedStream, { programs }: ProbedHeader): boolean {
  const of = ({ index }: ProbedStream) =>
    programs.filter(({ streams }) => streams.some((stream) => stream.index === index));
  const ofSound = of(sound);
  return ofSound.length === 0 || ofSound.some((programme) => of(picture).includes(programme));
}

/** Frames alone prove nothing: damaged headers decode to pictures without a size, to sound without a rate. */
function isSane({ codec_type: type, width, height, sample_rate: rate }: ProbedStream): boolean {
  if (type === "video") return Boolean(width && height);
  return Number(rate) >= LOWEST_SAMPLE_RATE && Number(rate) <= HIGHEST_SAMPLE_RATE;
}

function undecodable(stream: ProbedStream, file: SourceFile): FaultError {
  const codec = stream.codec_name && stream.codec_name !== "unknown" ? stream.codec_name : undefined;
  if (codec) {
    const detail = `No ${stream.codec_type} frame of “${file.path}” (${codec}) can be decoded: it is damaged or encrypted.`;
    return new FaultError("source-damaged", detail);
  }
  const detail = `The ${stream.codec_type} of “${file.path}” is in a codec that FFmpeg doesn't know here.`;
  return new FaultError("codec-unsupported", detail);
}

export function isPlayable(stream: ProbedStream): boolean {
  if (stream.codec_type === "audio") return true;
  // A cover picture is not a film.
  return stream.codec_type === "video" && !stream.disposition?.attached_pic;
}

/** What still pictures are kept as. */
const STILL_CODECS = new Set(["mjpeg", "png", "bmp", "gif", "webp"]);

/** A cover that does not say so: among all that was read it is a single picture, beside sound. */
export function isLonePicture(header: ProbedHeader, stream: ProbedStream): boolean {
  return (
    STILL_CODECS.has(stream.codec_name ?? "") &&
    framesOf(header, stream).length === 1 &&
    header.streams.some((other) => other.codec_type === "audio" && framesOf(header, other).length > 1)
  );
}

/** Decoded frames of a stream that have a time stamp. */
export function framesOf(header: ProbedHeader, stream: ProbedStream): ProbedFrame[] {
  return header.frames.filter(
    (frame) => frame.stream_index === stream.index && frame.best_effort_timestamp !== undefined,
  );
}
