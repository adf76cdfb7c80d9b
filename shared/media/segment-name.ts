/** Names of a title's objects, the same in URLs and in storage. */

export const MULTIVARIANT_PLAYLIST = "master.m3u8";
/** The original picture with all its sound and subtitles, as a multivariant playlist of its own. */
export const ORIGINAL_PLAYLIST = "original.m3u8";
export const MEDIA_PLAYLIST = "index.m3u8";
/** The same of sound, with the target duration of an original picture whose segments are longer than the rungs'. */
export const LONG_MEDIA_PLAYLIST = "long.m3u8";
export const INIT_SEGMENT = "init.mp4";
/** Where the sheets of small pictures lie, and what lists them. */
export const SPRITES = "sprites";
export const POSTER = "poster.jpg";

export function mediaSegmentName(index: number): string {
  return `${index}.m4s`;
}

/** The index of a media segment's name; undefined for any other name, `01.m4s` included. */
export function parseMediaSegmentName(name: string): number | undefined {
  const match = /^(0|[1-9]\d{0,8})\.m4s$/.exec(name);
  return match ? Number(match[1]) : undefined;
}
