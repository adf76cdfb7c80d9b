import type { VideoTrack } from "../../shared/media/source-info.ts";

/** What a source's samples stand for, in FFmpeg's words: as the file says, or else what is likely. */
export interface PictureColour {
  /** From YCbCr to RGB; for pictures in RGB, of the YCbCr that they are brought to first. */
  readonly matrix: string;
  readonly primaries: string;
  /** SDR is all that is not one of the others: its curve is taken for that of BT.709, as it is on screens. */
  readonly transfer: "sdr" | "smpte2084" | "arib-std-b67";
  readonly isRgb: boolean;
}

/** What can be converted from. Anything else is as good as not said. */
const MATRICES = new Set([
  ...["bt709", "fcc", "bt470bg", "smpte170m", "smpte240m", "ycgco", "bt2020nc", "bt2020c"],
  ...["chroma-derived-nc", "ictcp"],
]);
const PRIMARIES = new Set([
  ...["bt709", "bt470m", "bt470bg", "smpte170m", "smpte240m", "film", "bt2020"],
  ...["smpte428", "smpte431", "smpte432", "ebu3213"],
]);
const RGB = /^(0?rgb|0?bgr|argb|abgr|gbr|x2rgb|x2bgr|pal8|xyz)/;

/**
 * Dolby Vision with a base layer (profiles 4, 7 and 8) is a picture like any other. Profile 5 has none, and colours
 * that its metadata alone explains: it is taken for what its size suggests, which is wrong.
 */
export function pictureColour(video: VideoTrack): PictureColour {
  const { transfer: said } = video.colour;
  const transfer = said === "smpte2084" || said === "arib-std-b67" ? said : "sdr";
  const isRgb = RGB.test(video.pixelFormat);
  const matrix = isRgb ? "bt709" : (knownMatrix(video, transfer) ?? likelyMatrix(video, transfer));
  const primaries = knownPrimaries(video) ?? likelyPrimaries(video, matrix, transfer);
  return { matrix, primaries, transfer, isRgb };
}

function knownMatrix({ colour: { matrix } }: VideoTrack, transfer: PictureColour["transfer"]) {
  // Each is defined for one kind of curve (BT.2020 table 4, BT.2100 table 7).
  const undefinedWith = transfer === "sdr" ? "ictcp" : "bt2020c";
  return matrix && MATRICES.has(matrix) && matrix !== undefinedWith ? matrix : undefined;
}

function knownPrimaries({ colour: { primaries } }: VideoTrack) {
  return primaries && PRIMARIES.has(primaries) ? primaries : undefined;
}

function likelyMatrix(video: VideoTrack, transfer: PictureColour["transfer"]): string {
  const { primaries } = video.colour;
  if (transfer !== "sdr" || primaries === "bt2020") return "bt2020nc";
  if (primaries === "bt709") return "bt709";
  if (primaries === "smpte170m" || primaries === "bt470bg") return primaries;
  return isStandardDefinition(video) ? "smpte170m" : "bt709";
}

function likelyPrimaries(video: VideoTrack, matrix: string, transfer: PictureColour["transfer"]): string {
  if (transfer !== "sdr" || matrix.startsWith("bt2020")) return "bt2020";
  if (matrix === "bt709" || !isStandardDefinition(video)) return "bt709";
  // What has the lines of neither system was made by a computer, on a screen much like BT.709.
  return (
    { 576: "bt470bg", 288: "bt470bg", 480: "smpte170m", 486: "smpte170m", 240: "smpte170m" }[video.height] ??
    "bt709"
  );
}

function isStandardDefinition({ width, height }: VideoTrack): boolean {
  return height < 720 && width < 1280;
}
