import { Hono } from "hono";
import { segmentsJob } from "../../shared/job.ts";
import type { Log } from "../../shared/log.ts";
import { INIT_SEGMENT, mediaSegmentName } from "../../shared/media/segment-name.ts";
import { segmentCount } from "../../shared/media/timeline.ts";
import { findRendition, type Rendition, type Title } from "../../shared/media/title.ts";
import { formatMediaPlaylist } from "../../shared/playlist/media-playlist.ts";
import { formatMultivariantPlaylist } from "../../shared/playlist/multivariant-playlist.ts";
import { titleObject } from "../../shared/storage/object-name.ts";
import { ObjectGoneError, type SegmentReader } from "../../shared/storage/segment-storage.ts";
import { awaitObject } from "../await-object.ts";
import type { Pass } from "../doors/pass.ts";
import type { Visit, VisitEnv } from "../doors/visit.ts";
import type { Waiting, WaitLimits } from "../doors/wait-limits.ts";
import { type HandOff, handOffResponse } from "../hand-off.ts";
import type { HlsPath } from "../hls-path.ts";
import { initSegmentJob } from "../init-segment-job.ts";
import type { JobDesk } from "../job-desk.ts";
import type { KnownSegments } from "../known-segments.ts";
import { lookAhead } from "../look-ahead.ts";
import { IMMUTABLE, objectResponse } from "../object-response.ts";
import { playlistResponse } from "../playlist-response.ts";
import { notFound } from "../problem.ts";
import type { TitleCatalog } from "../title-catalog.ts";
import { pictureResponse } from "./pictures.ts";

export interface HlsDeps {
  readonly catalog: TitleCatalog;
  readonly desk: JobDesk;
  readonly waits: WaitLimits;
  readonly storage: SegmentReader;
  readonly knownSegments: KnownSegments;
  readonly fileWaitMs: number;
  readonly handOff: HandOff | undefined;
  readonly compress: boolean;
  readonly waitUntil: (work: Promise<void>) => void;
  readonly log: Log;
}

/** Playlists and segments: `/hls/<path>/master.m3u8` and all below it. */
export function hlsRoutes(deps: HlsDeps): Hono<VisitEnv> {
  const app = new Hono<VisitEnv>();
  app.get("*", async (context) => {
    const visit = context.get("visit");
    if (!visit.asked) throw notFound("This is no playlist or segment of a title.");
    return answer(visit.asked, context.req.raw, visit, deps);
  });
  return app;
}

async function answer(asked: HlsPath, request: Request, visit: Visit, deps: HlsDeps): Promise<Response> {
  const desk = deps.waits.at(deps.desk, visit.client);
  if (asked.kind === "multivariant-playlist") {
    const title = await deps.catalog.open(asked.path, desk, request);
    return multivariantResponse(request, title, visit.pass, deps);
  }
  if (!("rendition" in asked)) return pictureResponse(asked, request, visit, deps);
  const title = await deps.catalog.openKey(asked.path, asked.titleKey, desk, request);
  const rendition = findRendition(title, asked.rendition);
  if (!rendition) throw notFound(`“${asked.path}” has no rendition ${asked.rendition}.`);
  switch (asked.kind) {
    case "media-playlist":
      return mediaPlaylistResponse(request, title, rendition, visit.pass, deps);
    case "init-segment":
      return segmentResponse(request, title, rendition, undefined, desk, deps);
    case "media-segment":
      return segmentResponse(request, title, rendition, asked.index, desk, deps);
  }
}

function multivariantResponse(
  request: Request,
  title: Title,
  { query, tag }: Pass,
  { compress }: HlsDeps,
): Promise<Response> {
  const etag = `"${title.key}${tag}"`;
  return playlistResponse(request, {
    etag,
    // Its URL outlives the source: ask again, which costs nothing while the key is the same.
    cacheControl: "no-cache",
    compress,
    print: () => formatMultivariantPlaylist(title, query),
  });
}

function mediaPlaylistResponse(
  request: Request,
  title: Title,
  rendition: Rendition,
  { query, tag }: Pass,
  { compress }: HlsDeps,
): Promise<Response> {
  const etag = `"${title.key}-${rendition.id}${tag}"`;
  return playlistResponse(request, {
    etag,
    cacheControl: IMMUTABLE,
    compress,
    print: () => formatMediaPlaylist(rendition.timeline, title.targetDuration, query, rendition.kind),
  });
}

/** @param index of the media segment; undefined for the init segment. */
async function segmentResponse(
  request: Request,
  title: Title,
  rendition: Rendition,
  index: number | undefined,
  desk: Waiting,
  deps: HlsDeps,
): Promise<Response> {
  if (index !== undefined && index >= segmentCount(rendition.timeline)) {
    throw notFound(`${rendition.id} ends before segment ${index}.`);
  }
  const name = index === undefined ? INIT_SEGMENT : mediaSegmentName(index);
  const objectName = titleObject(title.key, rendition.id, name);
  const contentType = rendition.kind === "audio" ? "audio/mp4" : "video/mp4";
  const etag = `"${title.key}-${rendition.id}-${name}"`;
  const findJob = async () =>
    index === undefined
      ? initSegmentJob(title, rendition, deps.desk, request.signal)
      : segmentsJob(title, rendition, index);
  const respond = async () => {
    const object = await awaitObject(objectName, findJob, { ...deps, desk }, request.signal);
    const { handOff } = deps;
    return handOff
      ? handOffResponse(request, handOff, objectName, { contentType, etag })
      : objectResponse(request, object, { contentType, etag });
  };
  const response = await respond().catch((error: unknown) => {
    // Removed between the look and the opening: it is made again.
    if (error instanceof ObjectGoneError) return respond();
    throw error;
  });
  // Whoever looks through I-frames jumps: what is made with the one is all that is made ahead.
  if (index !== undefined && request.method === "GET" && rendition.kind !== "iframe") {
    const work = lookAhead(title, rendition, index, deps).catch((error: unknown) => {
      deps.log.warn({ title: title.source.path, error: String(error) }, "no look-ahead");
    });
    deps.waitUntil(work);
  }
  return response;
}
