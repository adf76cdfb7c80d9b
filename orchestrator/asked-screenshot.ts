import { parseAccept } from "hono/utils/accept";
import * as z from "zod";
import {
  frameAt,
  PICTURE_FORMATS,
  type PictureFormat,
  type Screenshot,
  snapWidth,
} from "../shared/media/screenshot.ts";
import type { Title } from "../shared/media/title.ts";
import { parseRational, toDecimal } from "../shared/rational.ts";
import { badRequest, notFound } from "./problem.ts";

export const PICTURE_TYPES: Readonly<Record<PictureFormat, string>> = {
  jpg: "image/jpeg",
  webp: "image/webp",
  avif: "image/avif",
};

/** What may stand in the address of a screenshot; what is wrong with it is said in words. */
export const screenshotQuerySchema = z.object({
  at: z
    .string()
    .regex(/^\d{1,12}(?:\.\d{1,9})?$/)
    .describe("Seconds on the title's clock."),
  width: z
    .string()
    .regex(
      /^[1-9]\d{0,4}$/,
      "The width is a whole number of pixels, such as width=640; without it, up to 1280.",
    )
    .exactOptional()
    .describe("Pixels, raised to one of a few, and never above the film's own."),
  format: z
    .enum([...PICTURE_FORMATS, "jpeg"], "The format is one of jpg, webp and avif, such as format=webp.")
    .exactOptional()
    .describe("Without it, what `Accept` says."),
});

/**
 * The screenshot that a request asks for by `at` (seconds on the title's clock), `width` (pixels, made to be one of
 * a few) and `format`, or the header Accept in its place.
 */
export function askedScreenshot(title: Title, { url, headers }: Request): Screenshot {
  if (title.video.length === 0) throw notFound(`“${title.source.path}” has no picture.`, "no-picture");
  const query = screenshotQuerySchema.safeParse(Object.fromEntries(new URL(url).searchParams));
  const at = parseRational(query.data?.at ?? "");
  const frame = at && frameAt(title, at);
  const issue = query.error?.issues.find(({ path }) => path[0] !== "at");
  if (issue) throw badRequest(issue.message);
  if (frame === undefined || !query.data) {
    const end = toDecimal(title.duration, 3);
    throw badRequest(`Say which moment is meant: at=SECONDS, from 0 to ${end}, such as at=12.5.`);
  }
  const { width, format } = query.data;
  const named = format === "jpeg" ? "jpg" : format;
  return {
    frame,
    width: snapWidth(title, width === undefined ? undefined : Number(width)),
    format: named ?? acceptedFormat(headers.get("accept")),
  };
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
