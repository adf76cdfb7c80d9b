import { Hono } from "hono";
import { compress } from "hono/compress";
import { cors } from "hono/cors";
import { initJob, segmentsJob } from "../../shared/job.ts";
import type { Log } from "../../shared/log.ts";
import { INIT_SEGMENT, mediaSegmentName } from "../../shared/media/segment-name.ts";
import { segmentCount } from "../../shared/media/timeline.ts";
import { findRendition, type Rendition, type Title } from "../../shared/media/title.ts";
import { formatMediaPlaylist } from "../../shared/playlist/media-playlist.ts";
import { formatMultivariantPlaylist } from "../../shared/playlist/multivariant-playlist.ts";
import { titleObject } from "../../shared/storage/object-name.ts";
import type { SegmentStorage } from "../../shared/storage/segment-storage.ts";
import { awaitObject } from "../await-object.ts";
import { type HlsPath, parseHlsPath } from "../hls-path.ts";
import type { JobDesk } from "../job-desk.ts";
import { lookAhead } from "../look-ahead.ts";
import { immutableHeaders, matchesEtag, objectResponse } from "../object-response.ts";
import { notFound } from "../problem.ts";
import type { TitleCatalog } from "../title-catalog.ts";

const PLAYLIST_TYPE = "application/vnd.apple.mpegurl";
const PREFIX = "/hls/";

export interface HlsDeps {
  readonly catalog: TitleCatalog;
  readonly desk: JobDesk;
  readonly storage: SegmentStorage;
  readonly fileWaitMs: number;
  readonly log: Log;
}

/** Playlists and segments: `/hls/<path>/master.m3u8` and all below it. */
export function hlsRoutes(deps: HlsDeps): Hono {
  const app = new Hono();
  app.use(
    cors({ origin: "*", allowMethods: ["GET", "HEAD"], exposeHeaders: ["content-length", "content-range"] }),
  );
  app.use(compress({ contentTypeFilter: (type) => type.startsWith(PLAYLIST_TYPE) }));
  app.get("*", async (context) => {
    // The router's own path is half decoded; names may hold any character.
    const { pathname } = new URL(context.req.url);
    const asked = parseHlsPath(pathname.slice(PREFIX.length));
    if (!asked) throw notFound("This is no playlist or segment of a title.");
    return answer(asked, context.req.raw, deps);
  });
  return app;
}

async function answer(asked: HlsPath, request: Request, deps: HlsDeps): Promise<Response> {
  const { signal } = request;
  if (asked.kind === "multivariant-playlist") {
    const title = await deps.catalog.open(asked.path, signal);
    return multivariantResponse(request, title);
  }
  const title = await deps.catalog.openKey(asked.path, asked.titleKey, signal);
  const rendition = findRendition(title, asked.rendition);
  if (!rendition) throw notFound(`“${asked.path}” has no rendition ${asked.rendition}.`);
  switch (asked.kind) {
    case "media-playlist":
      return mediaPlaylistResponse(request, title, rendition);
    case "init-segment":
      return segmentResponse(request, title, rendition, undefined, deps);
    case "media-segment":
      return segmentResponse(request, title, rendition, asked.index, deps);
  }
}

function multivariantResponse(request: Request, title: Title): Response {
  const etag = `"${title.key}"`;
  // Its URL outlives the source: ask again, which costs nothing while the key is the same.
  const headers = new Headers({ "content-type": PLAYLIST_TYPE, "cache-control": "no-cache", etag });
  if (matchesEtag(request, etag)) return new Response(null, { status: 304, headers });
  return new Response(formatMultivariantPlaylist(title), { headers });
}

function mediaPlaylistResponse(request: Request, title: Title, rendition: Rendition): Response {
  const etag = `"${title.key}-${rendition.id}"`;
  const headers = immutableHeaders(PLAYLIST_TYPE, etag);
  if (matchesEtag(request, etag)) return new Response(null, { status: 304, headers });
  return new Response(formatMediaPlaylist(rendition.timeline, title.targetDuration), { headers });
}

/** @param index of the media segment; undefined for the init segment. */
async function segmentResponse(
  request: Request,
  title: Title,
  rendition: Rendition,
  index: number | undefined,
  deps: HlsDeps,
): Promise<Response> {
  if (index !== undefined && index >= segmentCount(rendition.timeline)) {
    throw notFound(`${rendition.id} ends before segment ${index}.`);
  }
  const name = index === undefined ? INIT_SEGMENT : mediaSegmentName(index);
  const job = index === undefined ? initJob(title, rendition) : segmentsJob(title, rendition, index);
  const objectName = titleObject(title.key, rendition.id, name);
  const object = await awaitObject(objectName, job, deps, request.signal);
  if (index !== undefined && request.method === "GET") {
    lookAhead(title, rendition, index, deps).catch((error: unknown) => {
      deps.log.warn({ title: title.source.path, error: String(error) }, "no look-ahead");
    });
  }
  const contentType = rendition.kind === "video" ? "video/mp4" : "audio/mp4";
  return objectResponse(request, object, { contentType, etag: `"${title.key}-${rendition.id}-${name}"` });
}
