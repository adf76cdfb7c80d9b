import type { PictureSize } from "../../shared/media/picture-size.ts";
import type { Screenshot } from "../../shared/media/screenshot.ts";
import type { SourceInfo, VideoTrack } from "../../shared/media/source-info.ts";
import type { SpritePlan } from "../../shared/media/sprite-plan.ts";
import type { Title, VideoRendition } from "../../shared/media/title.ts";
import { type Rational, rational } from "../../shared/rational.ts";
import { colourFilters } from "./colour-filters.ts";
import { globalArgs, inputArgs } from "./input-args.ts";
import { keyframeGridFilters, keyframeInputArgs } from "./keyframe-args.ts";
import { gridFilters, seekTo } from "./video-args.ts";

const SCALE_FLAGS = "flags=bicubic+accurate_rnd+bitexact+full_chroma_int";
/** Still pictures are BT.601 by definition (JFIF, VP8); JPEG's have full range. */
const JPEG_FORM = ["out_color_matrix=bt601:out_range=pc", "yuvj420p"] as const;
const VIDEO_FORM = ["out_color_matrix=bt601:out_range=tv", "yuv420p"] as const;
type StillForm = readonly [scale: string, pixels: string];

/** What makes a still picture of a frame of the source: its size, its shape and its colours, tone-mapped from HDR. */
function stillFilters(video: VideoTrack, size: PictureSize, [matrix, pixels]: StillForm): string[] {
  return [
    ...colourFilters(video, size),
    `scale=in_color_matrix=bt709:in_range=tv:${matrix}`,
    `format=${pixels}`,
  ];
}

/** The same of a picture that came with the file. */
function coverFilters({ width, height }: PictureSize, [matrix, pixels]: StillForm): string[] {
  return [`scale=${width}:${height}:${SCALE_FLAGS}:${matrix}`, "setsar=1", `format=${pixels}`];
}

/** What a screenshot's frame is decoded with, as in `VideoEffort`. */
export interface StillEffort {
  readonly seekBack: Rational;
  readonly conceal: boolean;
}

/** One exact frame of the title's grid, to pipe 3. */
export function screenshotArgs(
  inputUrl: string,
  source: SourceInfo,
  rendition: VideoRendition,
  { frame, format }: Screenshot,
  size: PictureSize,
  { seekBack, conceal }: StillEffort,
): string[] {
  const { rate } = rendition.rung;
  const start = conceal ? `:start_time=${frame * rate.d}/${rate.n}` : "";
  const filters = [
    gridFilters(source, rendition, start),
    // The last frame may last a little shorter than its place on the grid.
    `tpad=stop=${conceal ? -1 : 2}:stop_mode=clone`,
    `trim=start_pts=${frame}:end_pts=${frame + 1}`,
    ...stillFilters(source.video!, size, format === "jpg" ? JPEG_FORM : VIDEO_FORM),
  ];
  return [
    ...globalArgs,
    ...inputArgs(inputUrl, seekTo(source, rendition, { firstUnit: frame }, { seekBack })),
    ...pictureOf(source.video!.streamIndex, filters),
    ...STILL_ENCODERS[format],
  ];
}

/** @param quality of JPEG as FFmpeg counts it: 2 is best, 31 worst. */
export function spriteSheetArgs(
  inputUrl: string,
  title: Title,
  plan: SpritePlan,
  sheet: number,
  quality: number,
): string[] {
  const { tileSeconds, tileWidth, tileHeight, columns, rows } = plan;
  const start = rational(sheet * columns * rows * tileSeconds);
  const filters = [
    ...keyframeGridFilters(title, rational(tileSeconds), start),
    `trim=end_frame=${columns * rows}`,
    ...stillFilters(title.source.video!, { width: tileWidth, height: tileHeight }, JPEG_FORM),
    `tile=${columns}x${rows}`,
  ];
  return [
    ...globalArgs,
    ...keyframeInputArgs(inputUrl, title.source, start),
    ...pictureOf(title.source.video!.streamIndex, filters),
    ...jpegArgs(quality),
  ];
}

/** Size of the small grey picture by which candidates for a poster are compared. */
export const SAMPLE_SIZE = { width: 32, height: 32 };

/** The keyframe at or before a moment: as a poster to pipe 3, and in grey and small to pipe 4. */
export function posterCandidateArgs(
  inputUrl: string,
  source: SourceInfo,
  time: Rational,
  size: PictureSize,
): string[] {
  const sample = `scale=${SAMPLE_SIZE.width}:${SAMPLE_SIZE.height}:flags=area,format=gray`;
  const graph = [
    `[0:${source.video!.streamIndex}]split[a][b]`,
    `[a]${stillFilters(source.video!, size, JPEG_FORM).join(",")}[poster]`,
    `[b]${sample}[sample]`,
  ];
  return [
    ...globalArgs,
    ...keyframeInputArgs(inputUrl, source, time),
    ...["-filter_complex_threads", "1", "-filter_complex", graph.join(";")],
    ...["-map", "[poster]", ...jpegArgs(POSTER_QUALITY)],
    ...["-map", "[sample]", "-frames:v", "1", "-f", "rawvideo", "pipe:4"],
  ];
}

/** The picture that came with the file, to pipe 3. */
export function coverArgs(inputUrl: string, streamIndex: number, size: PictureSize): string[] {
  return [
    ...globalArgs,
    ...inputArgs(inputUrl, rational(0)),
    ...pictureOf(streamIndex, coverFilters(size, JPEG_FORM)),
    ...jpegArgs(POSTER_QUALITY),
  ];
}

const POSTER_QUALITY = 3;
const SCREENSHOT_QUALITY = 3;

function pictureOf(streamIndex: number, filters: readonly string[]): string[] {
  return [
    ...["-map", `0:${streamIndex}`, "-an", "-sn", "-dn", "-filter_threads", "1"],
    ...["-vf", filters.join(",")],
  ];
}

const ONE_PICTURE = ["-frames:v", "1", "-threads:v", "1", "-map_metadata", "-1", "-flags:v", "+bitexact"];

function jpegArgs(quality: number): string[] {
  return [...ONE_PICTURE, "-c:v", "mjpeg", "-q:v", String(quality), "-f", "image2pipe", "pipe:3"];
}

/** By the format of a screenshot. */
const STILL_ENCODERS: Readonly<Record<Screenshot["format"], readonly string[]>> = {
  jpg: jpegArgs(SCREENSHOT_QUALITY),
  webp: [...ONE_PICTURE, "-c:v", "libwebp", "-quality", "80", "-f", "image2pipe", "pipe:3"],
  // FFmpeg's muxer for AVIF needs a file that it can go back in: `avif-file.ts` takes this apart instead. The moov
  // waits for the first frame, which tells what goes into av1C.
  avif: [
    ...ONE_PICTURE,
    ...["-c:v", "libaom-av1", "-still-picture", "1", "-usage", "allintra", "-cpu-used", "8", "-crf", "28"],
    ...["-movflags", "+frag_keyframe+delay_moov+default_base_moof+skip_trailer", "-f", "mp4", "pipe:3"],
  ],
};
