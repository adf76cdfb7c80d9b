import { add, compare, floor, multiply, type Rational, rational, ZERO } from "../rational.ts";
import { displaySize } from "./ladder.ts";
import type { Title } from "./title.ts";

/** One frame of a title as a still picture. */
export interface Screenshot {
  /** On the title's grid of frames. */
  readonly frame: number;
  /** Pixels; the height follows from it. */
  readonly width: number;
  readonly format: PictureFormat;
}

export const PICTURE_FORMATS = ["jpg", "webp", "avif"] as const;
export type PictureFormat = (typeof PICTURE_FORMATS)[number];

/** Whether an asset of a title is a picture. */
export function isPicture(asset: string): boolean {
  return PICTURE_FORMATS.some((format) => asset.endsWith(`.${format}`));
}

/** A few widths, and the source's own: each size of each frame is an object of its own in storage. */
const WIDTHS = [160, 320, 480, 640, 960, 1280, 1920, 2560, 3840];
const DEFAULT_WIDTH = 1280;
/** A player's clock may have lost this much of a frame to rounding. */
const HAIR = rational(1, 50);

/** The frame that is shown at `at` seconds on the title's clock; the last one where sound goes on without a picture. */
export function frameAt({ video: [rendition], duration }: Title, at: Rational): number | undefined {
  if (!rendition || compare(at, ZERO) < 0 || compare(at, duration) > 0) return undefined;
  const { rate, borders } = rendition.timeline;
  return Math.min(borders.at(-1)! - 1, floor(add(multiply(at, rate), HAIR)));
}

/** The width that is made for whoever asks for `wanted`: the next larger one, never more than the source has. */
export function snapWidth({ source }: Title, wanted = DEFAULT_WIDTH): number {
  const own = source.video ? displaySize(source.video).width : DEFAULT_WIDTH;
  return WIDTHS.find((width) => width >= Math.min(wanted, own) && width <= own) ?? own;
}

export function screenshotName({ frame, width, format }: Screenshot): string {
  return `screenshots/${frame}-${width}.${format}`;
}

/** Undefined for any other name. */
export function parseScreenshotName(name: string): Screenshot | undefined {
  const match = /^screenshots\/(\d{1,9})-(\d{1,5})\.(jpg|webp|avif)$/.exec(name);
  if (!match) return undefined;
  const [, frame, width, format] = match;
  return { frame: Number(frame), width: Number(width), format: format as PictureFormat };
}
