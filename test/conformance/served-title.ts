import { shuffle } from "../support/shuffle.ts";
import {
  type Attributes,
  type MediaPlaylist,
  readMediaPlaylist,
  readMultivariantPlaylist,
} from "./read-playlist.ts";

/** A rendition as its playlists describe it; nothing of its media has been asked for. */
export interface ServedRendition {
  /** The last folder of its URL: `v240`, `a0`. */
  readonly id: string;
  /** Attributes of its EXT-X-STREAM-INF, or of its EXT-X-MEDIA. */
  readonly attributes: Attributes;
  readonly url: URL;
  readonly playlist: MediaPlaylist;
}

export interface ServedTitle {
  /** Variants with a picture that is encoded, from the smallest up. */
  readonly rungs: readonly ServedRendition[];
  /** The sound tracks in the order of the playlist, as its first group has them: in stereo. */
  readonly sounds: readonly ServedRendition[];
  /** What the other groups have beside those. */
  readonly otherSounds: readonly ServedRendition[];
}

/** Opens a title by its path in the media folder and reads all its playlists. */
export async function openTitle(serverUrl: string, path: string): Promise<ServedTitle> {
  const url = new URL(`hls/${path.split("/").map(encodeURIComponent).join("/")}/master.m3u8`, serverUrl);
  const { variants, media } = readMultivariantPlaylist(await fetchText(url));
  const opened = await Promise.all(
    // The original is cut where its keyframes are, and has checks of its own.
    variants
      .filter(({ uri }) => !uri.includes("/o0/"))
      .map(({ uri, attributes }) => open(new URL(uri, url), attributes)),
  );
  const groups = await Promise.all(
    media
      .filter((attributes) => attributes.get("TYPE") === "AUDIO")
      .map((attributes) => open(new URL(attributes.get("URI")!, url), attributes)),
  );
  const rungs = opened.filter(
    ({ attributes }) =>
      attributes.has("RESOLUTION") && attributes.get("AUDIO") === opened[0]!.attributes.get("AUDIO"),
  );
  rungs.sort((a, b) => bandwidth(a) - bandwidth(b));
  // A title without a picture is a variant of sound alone.
  const all = groups.length > 0 ? groups : opened.filter(({ attributes }) => !attributes.has("RESOLUTION"));
  const group = all[0]?.attributes.get("GROUP-ID");
  // Without a picture, one track in several codecs is as many variants.
  const sounds = group
    ? all.filter(({ attributes }) => attributes.get("GROUP-ID") === group)
    : all.slice(0, 1);
  const ids = new Set(sounds.map(({ id }) => id));
  return { rungs, sounds, otherSounds: all.filter(({ id }) => !ids.has(id) && ids.add(id)) };
}

/** BANDWIDTH of a variant, bit/s. */
export function bandwidth(variant: ServedRendition): number {
  return Number(variant.attributes.get("BANDWIDTH"));
}

/** What came over HTTP: the init segment, and media segments by index (holes where none was asked for). */
export interface PlayedRendition {
  readonly rendition: ServedRendition;
  readonly init: Buffer;
  readonly segments: readonly Buffer[];
  /** Init and media segments one after another, as a player appends them. */
  readonly stream: Buffer;
}

/** What to fetch: some segments of some renditions, one after another in an order that the seed decides. */
export async function play(
  renditions: readonly ServedRendition[],
  seed: number,
  wanted: (rendition: ServedRendition) => readonly number[] = everySegment,
): Promise<PlayedRendition[]> {
  const inits = new Map<ServedRendition, Buffer>();
  const segments = new Map(renditions.map((rendition) => [rendition, [] as Buffer[]]));
  const tasks = renditions.flatMap((rendition) => [
    async () => void inits.set(rendition, await fetchBytes(new URL(rendition.playlist.map, rendition.url))),
    ...wanted(rendition).map((index) => async () => {
      const { uri } = rendition.playlist.segments[index]!;
      segments.get(rendition)![index] = await fetchBytes(new URL(uri, rendition.url));
    }),
  ]);
  for (const task of shuffle(tasks, seed)) await task();
  return renditions.map((rendition) => {
    const init = inits.get(rendition)!;
    const media = segments.get(rendition)!;
    return { rendition, init, segments: media, stream: Buffer.concat([init, ...media.filter(Boolean)]) };
  });
}

function everySegment({ playlist }: ServedRendition): readonly number[] {
  return playlist.segments.map((_, index) => index);
}

async function open(url: URL, attributes: Attributes): Promise<ServedRendition> {
  const playlist = readMediaPlaylist(await fetchText(url));
  return { id: url.pathname.split("/").at(-2)!, attributes, url, playlist };
}

async function fetchText(url: URL): Promise<string> {
  const response = await fetchOk(url);
  const type = response.headers.get("content-type");
  if (type !== "application/vnd.apple.mpegurl") throw new Error(`${url} is served as ${type}`);
  return response.text();
}

async function fetchBytes(url: URL): Promise<Buffer> {
  const response = await fetchOk(url);
  const bytes = Buffer.from(await response.arrayBuffer());
  const declared = response.headers.get("content-length");
  if (Number(declared) !== bytes.length)
    throw new Error(`${url}: ${bytes.length} bytes, ${declared} declared`);
  return bytes;
}

async function fetchOk(url: URL): Promise<Response> {
  // A connection of its own: one kept alive may be closed just when it is used again.
  const response = await fetch(url, { headers: { connection: "close" } });
  if (response.status !== 200) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response;
}
