/** Names of a title's objects, the same in URLs and in storage. */

export const MULTIVARIANT_PLAYLIST = "master.m3u8";
/** The same with every picture there is, for players that change only where segments of both begin. */
export const ALL_PICTURES_PLAYLIST = "all.m3u8";
/** The original picture with all its sound and subtitles, as a multivariant playlist of its own. */
export const ORIGINAL_PLAYLIST = "original.m3u8";
export const MEDIA_PLAYLIST = "index.m3u8";
/** The same of sound, with the target duration of an original picture whose segments are longer than the rungs'. */
export const LONG_MEDIA_PLAYLIST = "long.m3u8";
export const INIT_SEGMENT = "init.mp4";
/** Where the sheets of small pictures lie, and what lists them. */
export const SPRITES = "sprites";
export const POSTER = "poster.jpg";

/** How an index is written: in one way. */
export const MEDIA_SEGMENT_INDEX = /^(?:0|[1-9]\d{0,8})$/;

export function mediaSegmentName(index: number): string {
  return `${index}.m4s`;
}

/** The index of a media segment's name; undefined for any other name, `01.m4s` included. */
export function parseMediaSegmentName(name: string): number | undefined {
  return parseIndexedName(name, ".m4s", MEDIA_SEGMENT_INDEX);
}

/** The index of a name such as `12.m4s`; undefined for any other name. */
export function parseIndexedName(name: string, ending: string, index: RegExp): number | undefined {
  const number = name.slice(0, -ending.length);
  return name.endsWith(ending) && index.test(number) ? Number(number) : undefined;
}
