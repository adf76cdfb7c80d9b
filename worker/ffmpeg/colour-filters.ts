import type { VideoTrack } from "../../shared/media/source-info.ts";
import { type PictureColour, pictureColour } from "./picture-colour.ts";

/** The same wherever pictures are made smaller: exact, and with nothing of one processor's own. */
const SCALER = "flags=bicubic+accurate_rnd+bitexact+full_chroma_int";

/** Its name for this one is misprinted up to FFmpeg 6, its number (H.273) is not. */
const ZSCALE_MATRICES: Readonly<Record<string, string>> = { smpte240m: "7" };

/**
 * Luminance that linear light counts as 1, cd/m², and how many times as bright the brightest is that tone mapping
 * leaves a shade for. What films are mastered for says the file, if at all, and then not in every frame that one may
 * begin at: so it is 1,000 cd/m² for all, as it is for most.
 */
const NOMINAL_LUMINANCE = 100;
const PEAK = 10;

/**
 * Brings any picture to the size of a rung, 8 bit 4:2:0 and BT.709 of limited range, and says so in the stream. It
 * is made smaller first: conversion costs by the pixel, above all that of HDR, which is done in floats.
 */
export function colourFilters(
  video: VideoTrack,
  { width, height }: { readonly width: number; readonly height: number },
): readonly string[] {
  const colour = pictureColour(video);
  return [
    [`scale=${width}:${height}`, SCALER, ...rangeOptions(video, colour)].join(":"),
    ...conversion(colour),
    "setsar=1",
    "format=yuv420p",
    ...TAGS,
  ];
}

/** Of HDR, FFmpeg would go on to say for which screen it was mastered. */
const TAGS: readonly string[] = [
  "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709",
  "sidedata=delete:MASTERING_DISPLAY_METADATA",
  "sidedata=delete:CONTENT_LIGHT_LEVEL",
];

function rangeOptions(video: VideoTrack, { isRgb }: PictureColour): readonly string[] {
  if (isRgb) return ["out_color_matrix=bt709", "out_range=tv"];
  return video.colour.isFullRange ? ["in_range=pc", "out_range=tv"] : [];
}

/**
 * By zimg (zscale): it needs a third of the time of FFmpeg's own scaler for another matrix, and does primaries too.
 * What comes in is said, since a stream's frames may say something else, or nothing.
 */
function conversion({ matrix, primaries, transfer }: PictureColour): readonly string[] {
  if (matrix === "bt709" && primaries === "bt709" && transfer === "sdr") return [];
  const from = `min=${ZSCALE_MATRICES[matrix] ?? matrix}:pin=${primaries}:rin=tv`;
  // Shades between those of 8 bit are dithered, or else skies would have steps.
  const to = "m=bt709:p=bt709:t=bt709:r=tv:c=left:d=ordered";
  if (transfer === "sdr") return ["format=yuv420p10le", `zscale=${from}:tin=bt709:${to}`];
  // The quick way takes each of red, green and blue of HLG by itself to the light of a screen, not all by their
  // luminance (BT.2100 table 5), which makes colours too strong: a mean ΔE of 4.
  const exactness = transfer === "arib-std-b67" ? ":agamma=0" : "";
  return [
    "format=yuv420p10le",
    `zscale=${from}:tin=${transfer}:m=gbr:p=bt709:t=linear:npl=${NOMINAL_LUMINANCE}${exactness}`,
    "format=gbrpf32le",
    `tonemap=hable:desat=0:peak=${PEAK}`,
    `zscale=${to}`,
  ];
}
