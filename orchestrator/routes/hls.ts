import { Hono } from "hono";
import { assetJob, segmentsJob } from "../../shared/job.ts";
import type { Log } from "../../shared/log.ts";
import { ORIGINAL_ID, ORIGINAL_INDEX, type OriginalRendition } from "../../shared/media/original.ts";
import { INIT_SEGMENT, mediaSegmentName } from "../../shared/media/segment-name.ts";
import { segmentCount } from "../../shared/media/timeline.ts";
import { findRendition, type Rendition, type Title } from "../../shared/media/title.ts";
import { assetObject, titleObject } from "../../shared/storage/object-name.ts";
import { ObjectGoneError, type SegmentReader } from "../../shared/storage/segment-storage.ts";
import type { Telemetry } from "../../shared/telemetry.ts";
import { awaitObject } from "../await-object.ts";
import type { Visit, VisitEnv } from "../doors/visit.ts";
import type { Waiting, WaitLimits } from "../doors/wait-limits.ts";
import { type HandOff, handOffResponse } from "../hand-off.ts";
import type { HlsPath } from "../hls-path.ts";
import { initSegmentJob } from "../init-segment-job.ts";
import type { JobDesk } from "../job-desk.ts";
import type { KnownSegments } from "../known-segments.ts";
import { lookAhead } from "../look-ahead.ts";
import { objectResponse } from "../object-response.ts";
import { notFound } from "../problem.ts";
import type { SubtitleCues } from "../subtitle-cues.ts";
import type { TitleCatalog } from "../title-catalog.ts";
import { chaptersResponse } from "./chapters.ts";
import { pictureResponse } from "./pictures.ts";
import { descriptionResponse, mediaPlaylistResponse, multivariantResponse } from "./playlists.ts";
import { subtitlesResponse } from "./subtitles.ts";

/** How soon it should be known whether the original picture can be offered: not before the first segments. */
const ORIGINAL_DUE_MS = 2000;

export interface HlsDeps {
  readonly catalog: TitleCatalog;
  readonly desk: JobDesk;
  readonly waits: WaitLimits;
  readonly storage: SegmentReader;
  readonly knownSegments: KnownSegments;
  readonly subtitleCues: SubtitleCues;
  readonly fileWaitMs: number;
  readonly handOff: HandOff | undefined;
  readonly compress: boolean;
  readonly waitUntil: (work: Promise<void>) => void;
  readonly log: Log;
  readonly telemetry?: Telemetry;
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
    if (!(await deps.catalog.findOriginal(title, request))) lookIntoOriginal(title, deps);
    const offered = asked.isForAll ? "beginning-together" : "all";
    return multivariantResponse(request, title, offered, visit.pass, deps);
  }
  if (asked.kind === "original-playlist") {
    const title = await deps.catalog.open(asked.path, desk, request);
    const original = await openOriginal(title, desk, request, deps);
    return multivariantResponse(request, title, original, visit.pass, deps);
  }
  if (asked.kind === "description") {
    const title = await deps.catalog.open(asked.path, desk, request);
    const original = await deps.catalog.findOriginal(title, request);
    return descriptionResponse(request, title, original, visit.pass, deps);
  }
  if (asked.kind === "chapters") {
    const title = await deps.catalog.openKey(asked.path, asked.titleKey, desk, request);
    return chaptersResponse(request, title, asked.name, visit.pass, deps);
  }
  if (!("rendition" in asked)) return pictureResponse(asked, request, visit, deps);
  const title = await deps.catalog.openKey(asked.path, asked.titleKey, desk, request);
  if (asked.kind === "subtitles")
    return subtitlesResponse(request, title, asked, visit.pass, { ...deps, desk, expect: deps.desk });
  const original = needsOriginal(asked) ? await openOriginal(title, desk, request, deps) : undefined;
  const rendition = asked.rendition === ORIGINAL_ID ? original : findRendition(title, asked.rendition);
  if (!rendition) throw notFound(`“${asked.path}” has no rendition ${asked.rendition}.`);
  switch (asked.kind) {
    case "media-playlist":
      return mediaPlaylistResponse(request, title, rendition, original, visit.pass, deps);
    case "init-segment":
      return segmentResponse(request, title, rendition, undefined, desk, deps);
    case "media-segment":
      return segmentResponse(request, title, rendition, asked.index, desk, deps);
  }
}

function isMadeAhead({ kind }: Rendition | OriginalRendition): boolean {
  return kind === "video" || kind === "audio";
}

/** The original picture, once somebody has looked into it. */
async function openOriginal(
  title: Title,
  desk: Waiting,
  request: Request,
  deps: HlsDeps,
): Promise<OriginalRendition> {
  const name = assetObject(title.key, ORIGINAL_INDEX);
  if (!(await deps.catalog.findOriginal(title, request)))
    await awaitObject(name, async () => assetJob(title, ORIGINAL_INDEX), { ...deps, desk }, request.signal);
  const original = await deps.catalog.findOriginal(title, request);
  if (original?.kind === "original") return original;
  throw notFound(
    `The original picture of “${title.source.path}” can't be had: ${original?.reason ?? "try again."}`,
  );
}

/** It is asked for, or sound that goes with it. */
function needsOriginal(asked: { readonly rendition: string; readonly isLong?: boolean }): boolean {
  return asked.rendition === ORIGINAL_ID || asked.isLong === true;
}

/** Has somebody look where the original picture can be cut, for whoever opens the title next. */
function lookIntoOriginal(title: Title, { desk, waitUntil, log }: HlsDeps): void {
  const job = assetJob(title, ORIGINAL_INDEX);
  const work = desk.lookAhead([{ job, dueInMs: ORIGINAL_DUE_MS }]).catch((error: unknown) => {
    log.warn({ title: title.source.path, error: String(error) }, "nobody looks into the original picture");
  });
  waitUntil(work);
}

/** @param index of the media segment; undefined for the init segment. */
async function segmentResponse(
  request: Request,
  title: Title,
  rendition: Rendition | OriginalRendition,
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
  // What is only copied is there at once, and whoever looks through I-frames jumps.
  if (index !== undefined && request.method === "GET" && isMadeAhead(rendition)) {
    const work = lookAhead(title, rendition, index, deps).catch((error: unknown) => {
      deps.log.warn({ title: title.source.path, error: String(error) }, "no look-ahead");
    });
    deps.waitUntil(work);
  }
  return response;
}
