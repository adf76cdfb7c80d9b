import type { Log } from "../../shared/log.ts";
import { segmentCount } from "../../shared/media/timeline.ts";
import type { Title } from "../../shared/media/title.ts";
import { formatSubtitlePlaylist } from "../../shared/playlist/subtitle-playlist.ts";
import { assetObject } from "../../shared/storage/object-name.ts";
import { ObjectGoneError, type SegmentReader } from "../../shared/storage/segment-storage.ts";
import { formatSubtitleSegment, subtitleTimeline } from "../../shared/subtitles/cut-cues.ts";
import { subtitleRenditions } from "../../shared/subtitles/subtitle-renditions.ts";
import { subtitlesAsset, subtitlesJob } from "../../shared/subtitles/subtitles-asset.ts";
import { awaitObject } from "../await-object.ts";
import type { Pass } from "../doors/pass.ts";
import type { Waiting } from "../doors/wait-limits.ts";
import type { HlsPath } from "../hls-path.ts";
import type { JobDesk } from "../job-desk.ts";
import { IMMUTABLE, objectResponse } from "../object-response.ts";
import { playlistResponse } from "../playlist-response.ts";
import { notFound } from "../problem.ts";
import type { SubtitleCues } from "../subtitle-cues.ts";
import type { TitleCatalog } from "../title-catalog.ts";

const WEBVTT_TYPE = "text/vtt; charset=utf-8";
/** A player that asks for the playlist asks for a segment next. */
const EXPECTED_IN_MS = 1000;

interface SubtitleDeps {
  readonly catalog: TitleCatalog;
  readonly desk: Waiting;
  readonly expect: JobDesk;
  readonly storage: SegmentReader;
  readonly subtitleCues: SubtitleCues;
  readonly fileWaitMs: number;
  readonly compress: boolean;
  readonly waitUntil: (work: Promise<void>) => void;
  readonly log: Log;
}

type SubtitlePath = Extract<HlsPath, { kind: "subtitles" }>;

/** A rendition of subtitles: its playlist, its segments, which are cut here, and all of it as one file. */
export async function subtitlesResponse(
  request: Request,
  opened: Title,
  asked: SubtitlePath,
  pass: Pass,
  deps: SubtitleDeps,
): Promise<Response> {
  const title = await withRendition(opened, asked, request, deps);
  const { rendition: id, name } = asked;
  const etag = `"${title.key}-${id}`;
  if (name.kind === "playlist") {
    if (request.method === "GET") deps.waitUntil(haveMade(title, id, deps));
    return playlistResponse(request, {
      etag: `${etag}${pass.tag}"`,
      cacheControl: IMMUTABLE,
      compress: deps.compress,
      print: () => formatSubtitlePlaylist(title, pass.query),
    });
  }
  if (name.kind === "segment") return segmentResponse(request, title, id, name.index, deps);
  return retryGone(async () => {
    const object = await findWhole(title, id, request.signal, deps);
    return objectResponse(request, object, { contentType: WEBVTT_TYPE, etag: `${etag}-whole"` });
  });
}

async function segmentResponse(
  request: Request,
  title: Title,
  id: string,
  index: number,
  deps: SubtitleDeps,
): Promise<Response> {
  const timeline = subtitleTimeline(title);
  if (index >= segmentCount(timeline)) throw notFound(`${id} ends before segment ${index}.`);
  const object = assetObject(title.key, subtitlesAsset(id));
  const cues = await retryGone(() =>
    deps.subtitleCues.of(object, () => findWhole(title, id, request.signal, deps)),
  );
  return playlistResponse(request, {
    etag: `"${title.key}-${id}-${index}.vtt"`,
    cacheControl: IMMUTABLE,
    contentType: WEBVTT_TYPE,
    compress: deps.compress,
    print: () => formatSubtitleSegment(cues, timeline, index),
  });
}

/** A file may have been put beside the film since the title was opened here: another server may have listed it. */
async function withRendition(
  title: Title,
  { rendition, path, titleKey }: SubtitlePath,
  request: Request,
  { catalog, desk }: SubtitleDeps,
): Promise<Title> {
  const has = ({ source }: Title) => subtitleRenditions(source).some(({ id }) => id === rendition);
  if (has(title)) return title;
  const now = rendition.startsWith("x") ? await catalog.open(path, desk, request) : title;
  if (now.key === titleKey && has(now)) return now;
  throw notFound(`“${path}” has no subtitles ${rendition}: load its playlist anew.`);
}

function findWhole(title: Title, id: string, signal: AbortSignal, deps: SubtitleDeps) {
  const object = assetObject(title.key, subtitlesAsset(id));
  return awaitObject(object, async () => subtitlesJob(title, id), deps, signal);
}

/** Asks for what will be needed, without waiting for it. */
async function haveMade(title: Title, id: string, deps: SubtitleDeps): Promise<void> {
  try {
    if (await deps.storage.find(assetObject(title.key, subtitlesAsset(id)))) return;
    await deps.expect.lookAhead([{ job: subtitlesJob(title, id), dueInMs: EXPECTED_IN_MS }]);
  } catch (error) {
    deps.log.warn({ title: title.source.path, error: String(error) }, "subtitles not asked for ahead");
  }
}

/** Removed between the look and the opening: it is made again. */
async function retryGone<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ObjectGoneError) return work();
    throw error;
  }
}
