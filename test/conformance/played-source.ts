import { footage } from "../support/footage.ts";
import { startOfVideo } from "../support/markers.ts";
import { decodePcm, type Pcm } from "../support/pcm.ts";
import { presentationStart, type ReadRendition, readRendition } from "./fragment-times.ts";
import { openTitle, type PlayedRendition, play, type ServedTitle } from "./served-title.ts";
import { encodeUnbroken, findLag, moveTo } from "./sound-reference.ts";
import { type PictureTruth, pictureTruth, type SourceName } from "./sources.ts";

/** Titles of whose larger rungs the first, a middle and the last segment are played; of the others, the last. */
const everyRung: readonly SourceName[] = ["film-24000-1001-bframes", "portrait-mp4"];
/** How far the sound may lie beside its source: a tick of Matroska's clock, 1 ms, and a hair. */
const MAX_LAG_SECONDS = 0.0011;

/** All that was served of a title, and the truth about its source. */
export interface PlayedSource {
  readonly title: ServedTitle;
  /** The smallest rung, whole. */
  readonly video?: PlayedPicture;
  /** The other rungs, in part. */
  readonly largerRungs: readonly PlayedRendition[];
  readonly sounds: readonly PlayedSound[];
  /** The smallest rung and the sounds, served by another process; undefined where it was not asked. */
  readonly elsewhere: readonly PlayedRendition[] | undefined;
  /** Where the title's clock begins on the source's own; undefined without a picture: at its first sample. */
  readonly zero: number | undefined;
}

export interface PlayedPicture extends PlayedRendition, ReadRendition {
  readonly truth: PictureTruth;
}

export interface PlayedSound extends PlayedRendition, ReadRendition {
  /** As served, counted from its first sample. */
  readonly decoded: Pcm;
  /** The source's sound on the title's clock. */
  readonly source: Pcm;
  /** For each segment by how many samples it lies behind the source; undefined in silence. */
  readonly lags: readonly (number | undefined)[];
  /** The source's sound where the served one should have it, and what unbroken encodes make of that. */
  readonly truth: readonly Float32Array[];
  readonly unbroken: readonly (readonly Float32Array[])[];
}

/** What is played, and what is known of it. */
export interface SourceToPlay {
  /** Path in the media folder. */
  readonly file: string;
  /** Where the source itself lies. */
  readonly path: string;
  /** Undefined without a picture. */
  readonly truth: PictureTruth | undefined;
  /** Whether larger rungs are played in more than their last segment. */
  readonly everyRung: boolean;
}

interface Servers {
  readonly here: string;
  readonly elsewhere: string | undefined;
}

/** Plays a title from one server or two, each time every segment on its own and in an order of its own. */
export async function playSource(
  name: SourceName,
  file: string,
  servers: Servers,
  seed: number,
): Promise<PlayedSource> {
  const [path, truth] = await Promise.all([footage(name), pictureTruth(name)]);
  return playFile({ file, path, truth, everyRung: everyRung.includes(name) }, servers, seed);
}

export async function playFile(source: SourceToPlay, servers: Servers, seed: number): Promise<PlayedSource> {
  const { file, path, truth } = source;
  const [here, elsewhere] = await Promise.all([
    playHere(source, await openTitle(servers.here, file), seed),
    servers.elsewhere && openTitle(servers.elsewhere, file).then((title) => play(smallest(title), seed + 1)),
  ]);
  const { title, whole, largerRungs } = here;
  const zero = title.rungs.length > 0 ? await startOfVideo(path) : undefined;
  const video = whole.find(({ rendition }) => title.rungs.includes(rendition));
  const sounds = whole.filter((played) => played !== video);
  return {
    title,
    ...(video && truth && { video: { ...video, ...readRendition(video), truth } }),
    largerRungs,
    sounds: await Promise.all(sounds.map((sound, track) => readSound(sound, path, track, zero))),
    elsewhere: elsewhere || undefined,
    zero,
  };
}

/** When the first frame is presented, seconds; 0 without a picture. */
export function pictureStart({ video }: PlayedSource): number {
  return video ? presentationStart(video) / video.track.timescale : 0;
}

async function playHere({ everyRung }: SourceToPlay, title: ServedTitle, seed: number) {
  const whole = await play(smallest(title), seed);
  const largerRungs = await play(title.rungs.slice(1), seed, ({ playlist: { segments } }) => {
    const last = segments.length - 1;
    // Behind the last nothing is made ahead, which is what the larger rungs would cost most.
    return everyRung ? [...new Set([0, last >> 1, last])] : [last];
  });
  return { title, whole, largerRungs };
}

function smallest(title: ServedTitle) {
  return [...title.rungs.slice(0, 1), ...title.sounds];
}

async function readSound(
  played: PlayedRendition,
  path: string,
  track: number,
  zero: number | undefined,
): Promise<PlayedSound> {
  const read = readRendition(played);
  const begin = presentationStart(read);
  const [source, decoded] = await Promise.all([
    decodePcm(path, { track, zero: zero ?? "first-sample", resampleTo: read.track.timescale }),
    decodePcm(played.stream, { zero: begin / read.track.timescale, tolerance: 0 }),
  ]);
  const reach = Math.ceil(MAX_LAG_SECONDS * decoded.rate);
  const lags = read.fragments.map(({ tfdt, samples }) => {
    const middle = tfdt! - begin + samples.length * 512;
    return findLag(source.channels[0]!, decoded.channels[0]!, [middle - 4096, middle + 4096], reach);
  });
  const lag = lags.find((one) => one !== undefined) ?? 0;
  const truth = moveTo(source.channels, lag, decoded.channels[0]!.length);
  return {
    ...played,
    ...read,
    decoded,
    source,
    lags,
    truth,
    unbroken: await encodeUnbroken(truth, decoded.rate),
  };
}
