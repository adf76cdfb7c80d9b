import { assetJob } from "../../shared/job.ts";
import { screenshotName } from "../../shared/media/screenshot.ts";
import { POSTER, SPRITES } from "../../shared/media/segment-name.ts";
import { type SpritePlan, sheetName, spritePlan } from "../../shared/media/sprite-plan.ts";
import type { Title } from "../../shared/media/title.ts";
import { formatImagePlaylist, formatSpriteVtt } from "../../shared/playlist/sprite-playlists.ts";
import { assetObject } from "../../shared/storage/object-name.ts";
import { ObjectGoneError } from "../../shared/storage/segment-storage.ts";
import { askedScreenshot, PICTURE_TYPES } from "../asked-screenshot.ts";
import { awaitObject } from "../await-object.ts";
import type { Visit } from "../doors/visit.ts";
import type { Waiting } from "../doors/wait-limits.ts";
import { handOffResponse } from "../hand-off.ts";
import { IMMUTABLE, objectResponse } from "../object-response.ts";
import type { PicturePath } from "../picture-path.ts";
import { PLAYLIST_TYPE, playlistResponse } from "../playlist-response.ts";
import { notFound } from "../problem.ts";
import type { HlsDeps } from "./hls.ts";

/** Whose URL outlives the source: asked for again each time, which costs nothing while it is the same. */
const REVALIDATED = "no-cache";

/** Answers what is asked of a title's pictures. */
export async function pictureResponse(
  asked: PicturePath,
  request: Request,
  visit: Visit,
  deps: HlsDeps,
): Promise<Response> {
  const desk = deps.waits.at(deps.desk, visit.client);
  if (asked.kind === "poster" || asked.kind === "screenshot") {
    const title = await deps.catalog.open(asked.path, desk, request);
    return asked.kind === "poster"
      ? posterResponse(title, request, desk, deps)
      : screenshotResponse(title, request, desk, deps);
  }
  const title = await deps.catalog.openKey(asked.path, asked.titleKey, desk, request);
  const plan = spritePlan(title);
  if (!plan) throw notFound(`“${asked.path}” has no picture.`, "no-picture");
  if (asked.kind !== "sprite-sheet") return spriteListResponse(asked.kind, plan, title, request, visit, deps);
  if (asked.sheet >= plan.sheetCount) throw notFound(`The sprites end before sheet ${asked.sheet}.`);
  const name = `${SPRITES}/${sheetName(asked.sheet)}`;
  return assetResponse({ title, name, contentType: PICTURE_TYPES.jpg }, request, desk, deps);
}

function posterResponse(title: Title, request: Request, desk: Waiting, deps: HlsDeps): Promise<Response> {
  const { path, video, cover } = title.source;
  if (!video && !cover) throw notFound(`“${path}” has no picture and no cover.`, "no-picture");
  const picture = { title, name: POSTER, contentType: PICTURE_TYPES.jpg, cacheControl: REVALIDATED };
  return assetResponse(picture, request, desk, deps);
}

async function screenshotResponse(
  title: Title,
  request: Request,
  desk: Waiting,
  deps: HlsDeps,
): Promise<Response> {
  const shot = askedScreenshot(title, request);
  const contentType = PICTURE_TYPES[shot.format];
  const picture = { title, name: screenshotName(shot), contentType, cacheControl: REVALIDATED };
  const response = await assetResponse(picture, request, desk, deps);
  response.headers.append("vary", "Accept");
  return response;
}

function spriteListResponse(
  kind: "sprite-cues" | "sprite-playlist",
  plan: SpritePlan,
  title: Title,
  request: Request,
  { pass: { query, tag } }: Visit,
  { compress }: HlsDeps,
): Promise<Response> {
  const isVtt = kind === "sprite-cues";
  return playlistResponse(request, {
    etag: `"${title.key}-${kind}${tag}"`,
    cacheControl: IMMUTABLE,
    contentType: isVtt ? "text/vtt" : PLAYLIST_TYPE,
    compress,
    print: () => (isVtt ? formatSpriteVtt(plan, title.duration, query) : formatImagePlaylist(plan, query)),
  });
}

interface Picture {
  readonly title: Title;
  /** Of the asset. */
  readonly name: string;
  readonly contentType: string;
  /** For ever, unless told. */
  readonly cacheControl?: string;
}

/** The object of that name, made where it is not there. */
async function assetResponse(
  { title, name, contentType, cacheControl = IMMUTABLE }: Picture,
  request: Request,
  desk: Waiting,
  deps: HlsDeps,
): Promise<Response> {
  const objectName = assetObject(title.key, name);
  const answer = { contentType, etag: `"${title.key}-${name}"` };
  const respond = async () => {
    const findJob = async () => assetJob(title, name);
    const object = await awaitObject(objectName, findJob, { ...deps, desk }, request.signal);
    return deps.handOff
      ? handOffResponse(request, deps.handOff, objectName, answer)
      : objectResponse(request, object, answer);
  };
  const response = await respond().catch((error: unknown) => {
    // Removed between the look and the opening: it is made again.
    if (error instanceof ObjectGoneError) return respond();
    throw error;
  });
  if (response.status < 300 || response.status === 304) response.headers.set("cache-control", cacheControl);
  return response;
}
