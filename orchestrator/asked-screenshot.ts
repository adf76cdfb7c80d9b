import { parseAccept } from "hono/utils/accept";
import {
  frameAt,
  PICTURE_FORMATS,
  type PictureFormat,
  type Screenshot,
  snapWidth,
} from "../shared/media/screenshot.ts";
import type { Title } from "../shared/media/title.ts";
import { parseRational, toDecimal } from "../shared/rational.ts";
import { notFound, Problem } from "./problem.ts";

export const PICTURE_TYPES: Readonly<Record<PictureFormat, string>> = {
  jpg: "image/jpeg",
  webp: "image/webp",
  avif: "image/avif",
};

/**
 * The screenshot that a request asks for by `at` (seconds on the title's clock), `width` (pixels, made to be one of
 * a few) and `format`, or the header Accept in its place.
 */
export function askedScreenshot(title: Title, { url, headers }: Request): Screenshot {
  const query = new URL(url).searchParams;
  if (title.video.length === 0) throw notFound(`“${title.source.path}” has no picture.`, "no-picture");
  const at = parseRational(query.get("at") ?? "");
  const frame = at && frameAt(title, at);
  if (frame === undefined) {
    const end = toDecimal(title.duration, 3);
    throw badRequest(`Say which moment is meant: at=SECONDS, from 0 to ${end}, such as at=12.5.`);
  }
  const width = query.get("width");
  if (width !== null && !/^[1-9]\d{0,4}$/.test(width)) {
    throw badRequest("The width is a whole number of pixels, such as width=640; without it, up to 1280.");
  }
  const format = askedFormat(query.get("format"), headers.get("accept"));
  return { frame, width: snapWidth(title, width === null ? undefined : Number(width)), format };
}

function askedFormat(named: string | null, accept: string | null): PictureFormat {
  if (named === null) return acceptedFormat(accept);
  const format = PICTURE_FORMATS.find((known) => known === (named === "jpeg" ? "jpg" : named));
  if (!format) throw badRequest("The format is one of jpg, webp and avif, such as format=webp.");
  return format;
}

/** The one that is named with the highest weight; JPEG where none is, and among equals. */
function acceptedFormat(accept: string | null): PictureFormat {
  const weights = new Map(parseAccept(accept ?? "").map(({ type, q }) => [type.toLowerCase(), q]));
  let chosen: PictureFormat = "jpg";
  let highest = weights.get(PICTURE_TYPES.jpg) ?? 0;
  for (const format of PICTURE_FORMATS) {
    const weight = weights.get(PICTURE_TYPES[format]) ?? 0;
    if (weight > highest) [chosen, highest] = [format, weight];
  }
  return chosen;
}

function badRequest(detail: string): Problem {
  return new Problem({ status: 400, code: "bad-request", title: "Not understood", detail });
}
