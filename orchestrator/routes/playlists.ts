import { type OriginalRendition, sharedTargetDuration } from "../../shared/media/original.ts";
import type { Rendition, Title } from "../../shared/media/title.ts";
import { formatMediaPlaylist } from "../../shared/playlist/media-playlist.ts";
import {
  formatMultivariantPlaylist,
  type OfferedPictures,
} from "../../shared/playlist/multivariant-playlist.ts";
import { describeTitle } from "../describe-title.ts";
import type { Pass } from "../doors/pass.ts";
import { IMMUTABLE } from "../object-response.ts";
import { playlistResponse } from "../playlist-response.ts";
import type { KnownOriginal } from "../title-plans.ts";

interface PlaylistDeps {
  readonly compress: boolean;
}

/** Of all pictures that are offered, or the original alone. */
export function multivariantResponse(
  request: Request,
  title: Title,
  offered: OfferedPictures,
  { query, tag }: Pass,
  { compress }: PlaylistDeps,
): Promise<Response> {
  return playlistResponse(request, {
    etag: `"${title.key}${besideTag(title)}-${typeof offered === "string" ? offered : offered.id}${tag}"`,
    // Its URL outlives the source: ask again, which costs nothing while the key is the same.
    cacheControl: "no-cache",
    compress,
    print: () => formatMultivariantPlaylist(title, query, offered),
  });
}

/** What a title consists of. */
export function descriptionResponse(
  request: Request,
  title: Title,
  original: KnownOriginal | undefined,
  { query, tag }: Pass,
  { compress }: PlaylistDeps,
): Promise<Response> {
  return playlistResponse(request, {
    etag: `"${title.key}${besideTag(title)}${original ? `-${original.kind}` : ""}-description${tag}"`,
    cacheControl: "no-cache",
    contentType: "application/json",
    compress,
    print: () => JSON.stringify(describeTitle(title, original, query)),
  });
}

/** What lies beside a source is listed with it, and no part of the key. */
function besideTag({ source: { beside } }: Title): string {
  return beside ? `-${beside.revision.slice(0, 16)}` : "";
}

/** @param original whose target duration its sound has; undefined for all else. */
export function mediaPlaylistResponse(
  request: Request,
  title: Title,
  rendition: Rendition | OriginalRendition,
  original: OriginalRendition | undefined,
  { query, tag }: Pass,
  { compress }: PlaylistDeps,
): Promise<Response> {
  const target = original ? sharedTargetDuration(title, original) : title.targetDuration;
  const isLong = original !== undefined && rendition !== original;
  const etag = `"${title.key}-${rendition.id}${isLong ? "-long" : ""}${tag}"`;
  const isIndependent = rendition.kind !== "original" || rendition.isIndependent;
  return playlistResponse(request, {
    etag,
    cacheControl: IMMUTABLE,
    compress,
    print: () =>
      formatMediaPlaylist(rendition.timeline, target, {
        ...{ query, isIndependent },
        isIframes: rendition.kind === "iframe",
      }),
  });
}
