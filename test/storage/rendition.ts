import { openTitle, type ServedRendition } from "../conformance/served-title.ts";

/** Addresses of the smallest rung of a title: all its media segments. */
export async function segmentUrls(serverUrl: string, path: string): Promise<URL[]> {
  const rung = (await openTitle(serverUrl, path)).rungs[0]!;
  return rung.playlist.segments.map(({ uri }) => new URL(uri, rung.url));
}

/** Every address of a title: init and media segments of all renditions. */
export async function allUrls(serverUrl: string, path: string): Promise<URL[]> {
  const { rungs, sounds } = await openTitle(serverUrl, path);
  return [...rungs, ...sounds].flatMap(({ playlist, url }: ServedRendition) =>
    [playlist.map, ...playlist.segments.map(({ uri }) => uri)].map((uri) => new URL(uri, url)),
  );
}
