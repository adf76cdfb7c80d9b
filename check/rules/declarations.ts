import type { CheckedPlaylist } from "../checked-playlist.ts";
import type { Variant } from "../checked-stream.ts";
import type { TrackSpan } from "../media/track-span.ts";
import type { Finding } from "../violation.ts";

/** FRAME-RATE has three decimals, and is rounded by some. */
const RATE_TOLERANCE = 0.005;
/** Whose codecs are listed with the variant though they are no media of it. */
const TEXT_CODECS = /^(wvtt|stpp)/i;

/** CODECS, RESOLUTION and FRAME-RATE against the media (4.4.6.2). */
export function checkDeclarations(url: string, variants: readonly Variant[]): readonly Finding[] {
  return variants.flatMap((variant) => {
    const place = { url, line: variant.entry.line };
    const picture = firstTracks(variant.stream).find(({ kind }) => kind === "video");
    return [
      ...checkCodecs(variant, place),
      ...(picture ? checkResolution(variant, picture, place) : []),
      ...(picture ? checkFrameRate(variant, picture, place) : []),
    ];
  });
}

function firstTracks({ segments }: CheckedPlaylist): readonly TrackSpan[] {
  return segments.find(({ tracks }) => tracks.length > 0)?.tracks ?? [];
}

function checkCodecs({ entry, stream, sounds }: Variant, place: Finding["place"]): readonly Finding[] {
  const all = [stream, ...sounds].map(firstTracks);
  const tracks = all.flat().filter(({ kind }) => kind !== "other");
  // What could not be read may be what is declared.
  const isWhole = all.every(({ length }) => length > 0);
  const actual = [...new Set(tracks.map(({ codec }) => codec))];
  const text = entry.attributes.get("CODECS");
  if (actual.length === 0) return [];
  if (text === undefined)
    return [{ code: "codecs-missing", place, expected: `CODECS="${actual}"`, found: "no CODECS" }];
  const declared = text.split(",").map((codec) => codec.trim());
  const isTrue =
    actual.every((codec) => declared.some((one) => isSameCodec(one, codec))) &&
    declared.every(
      (one) => !isWhole || TEXT_CODECS.test(one) || actual.some((codec) => isSameCodec(one, codec)),
    );
  return isTrue
    ? []
    : [{ code: "codecs-wrong", place, expected: `CODECS="${actual}"`, found: `CODECS="${text}"` }];
}

/** As far as the media tells: of AVC profile and level, of others what both say. */
function isSameCodec(declared: string, actual: string): boolean {
  const [a, b] = [normalize(declared), normalize(actual)];
  if (a[0] !== b[0]) return false;
  if (a[0] === "avc1") return avcKey(a[1]) === avcKey(b[1]);
  return b.slice(1).every((part, position) => a[position + 1] === undefined || a[position + 1] === part);
}

/** Where parameter sets lie is no other codec, and MPEG-TS does not say. */
function normalize(codec: string): readonly string[] {
  return codec.toLowerCase().replace(/^avc3/, "avc1").replace(/^hev1/, "hvc1").split(".");
}

/** Profile and level of `640028`; the constraints between them are not always known. */
function avcKey(digits = ""): string {
  return digits.length === 6 ? digits.slice(0, 2) + digits.slice(4) : digits;
}

function checkResolution(
  { entry }: Variant,
  { width, height }: TrackSpan,
  place: Finding["place"],
): readonly Finding[] {
  const declared = entry.attributes.get("RESOLUTION");
  if (declared === undefined || width === undefined || declared === `${width}x${height}`) return [];
  return [{ code: "resolution-wrong", place, expected: `${width}x${height}`, found: declared }];
}

function checkFrameRate({ entry }: Variant, picture: TrackSpan, place: Finding["place"]): readonly Finding[] {
  const declared = Number(entry.attributes.get("FRAME-RATE") ?? Number.NaN);
  const rate = picture.timescale / picture.sampleTicks;
  if (Number.isNaN(declared) || Math.abs(declared / rate - 1) <= RATE_TOLERANCE) return [];
  return [{ code: "frame-rate-wrong", place, expected: rate.toFixed(3), found: `FRAME-RATE=${declared}` }];
}
