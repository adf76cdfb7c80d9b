import { parseReason } from "../../shared/fault.ts";
import { formatJob, jobId, type ProbeJob } from "../../shared/job.ts";
import type { LeaseRequests } from "../../shared/lease/lease-store.ts";
import { MULTIVARIANT_PLAYLIST, mediaSegmentName } from "../../shared/media/segment-name.ts";
import { sourceInfoSchema } from "../../shared/media/source-info-schema.ts";
import { planTitle, type Title } from "../../shared/media/title.ts";
import { formatMultivariantPlaylist } from "../../shared/playlist/multivariant-playlist.ts";
import { WHOLE_SUBTITLES } from "../../shared/playlist/subtitle-playlist.ts";
import { sourceInfoObject } from "../../shared/storage/object-name.ts";
import { readAll, type SegmentStorage } from "../../shared/storage/segment-storage.ts";
import { parseWebvtt } from "../../shared/subtitles/parse-webvtt.ts";
import { subtitleRenditions } from "../../shared/subtitles/subtitle-renditions.ts";
import { runWorker, type WorkerOptions } from "../../worker/work-loop.ts";
import type { Progress } from "../output/progress-bars.ts";
import { type AskedRange, type ChosenRange, chooseRange } from "./chosen-range.ts";
import { withRungs } from "./chosen-rungs.ts";
import { measuredTitle } from "./measured-title.ts";
import { makeParts } from "./part-maker.ts";
import { PreparedFolder } from "./prepared-folder.ts";
import { type PreparedPart, preparedParts } from "./prepared-parts.ts";
import { preparedRenditions } from "./prepared-renditions.ts";
import { preparedTexts, subtitleTexts } from "./prepared-texts.ts";

export interface PrepareRequest {
  /** In the worker's media folder. */
  readonly path: string;
  readonly segmentSeconds: number;
  /** `360p,720p`; undefined for all. */
  readonly rungs: string | undefined;
  readonly range: AskedRange;
  readonly outputDir: string;
  readonly storageDir: string;
  /** Its store is this process's own. */
  readonly worker: WorkerOptions;
  readonly onProgress: (rows: readonly Progress[]) => void;
}

export interface PreparedTitle {
  readonly title: Title;
  readonly range: ChosenRange;
  /** Path of the multivariant playlist in the folder. */
  readonly playlist: string;
  readonly parts: number;
  /** Of all media segments. */
  readonly bytes: number;
}

/**
 * Makes everything of a title in this process and puts it into a folder: what is there already stays, and the
 * multivariant playlist comes last.
 */
export async function prepareTitle(request: PrepareRequest, signal: AbortSignal): Promise<PreparedTitle> {
  const { worker, outputDir, storageDir, onProgress } = request;
  const { store } = worker;
  const over = new AbortController();
  const working = runWorker(worker, AbortSignal.any([signal, over.signal]));
  try {
    const planned = await openTitle(request, store, worker.storage, signal);
    const title = withRungs(planned, request.rungs);
    const range = chooseRange(title, request.range);
    const folder = new PreparedFolder(outputDir, worker.storage, storageDir);
    const parts = preparedParts(title, range);
    const rows = new ProgressRows(parts);
    onProgress(rows.all);
    await makeParts(parts, { store, folder, signal, onDone: (part) => onProgress(rows.count(part)) });
    const bytes = await writeTexts(title, range, folder, signal);
    return { title, range, playlist: MULTIVARIANT_PLAYLIST, parts: parts.length, bytes };
  } finally {
    over.abort();
    await working;
  }
}

/** How much is done of each label, in the order in which they first come. */
class ProgressRows {
  readonly #rows = new Map<string, { label: string; done: number; total: number }>();

  constructor(parts: readonly PreparedPart[]) {
    for (const { label } of parts) {
      const row = this.#rows.get(label) ?? { label, done: 0, total: 0 };
      row.total += 1;
      this.#rows.set(label, row);
    }
  }

  get all(): readonly Progress[] {
    return [...this.#rows.values()];
  }

  count({ label }: PreparedPart): readonly Progress[] {
    this.#rows.get(label)!.done += 1;
    return this.all;
  }
}

async function openTitle(
  { path, segmentSeconds }: PrepareRequest,
  store: LeaseRequests,
  storage: SegmentStorage,
  signal: AbortSignal,
): Promise<Title> {
  const revision = await probe({ kind: "probe", path, segmentSeconds }, store, signal);
  const object = await storage.find(sourceInfoObject(revision), signal);
  if (!object) throw new Error(`the probe of “${path}” left nothing in storage`);
  const source = sourceInfoSchema.parse(JSON.parse(new TextDecoder().decode(await readAll(object))));
  return planTitle(source, { segmentSeconds });
}

/** Has the worker look at the film. @returns the source's revision. */
function probe(job: ProbeJob, store: LeaseRequests, signal: AbortSignal): Promise<string> {
  const id = jobId(job);
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      unsubscribe();
      signal.removeEventListener("abort", onAbort);
      settle();
    };
    const onAbort = () => end(() => reject(signal.reason));
    const unsubscribe = store.subscribe((announcement) => {
      if (announcement.kind === "done" && announcement.id === id) end(() => resolve(announcement.meta));
      if (announcement.kind === "dead" && announcement.id === id)
        end(() => reject(parseReason(announcement.reason)));
    });
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) return onAbort();
    const request = { id, payload: formatJob(job), dueInMs: 0, lapseInMs: 600_000, maxAttempts: 1 };
    store.request([request]).catch((error: unknown) => end(() => reject(error)));
  });
}

/** Prints what is printed. @returns the bytes of all media segments. */
async function writeTexts(
  title: Title,
  range: ChosenRange,
  folder: PreparedFolder,
  signal: AbortSignal,
): Promise<number> {
  for (const [file, text] of preparedTexts(title, range)) await folder.write(file, text);
  for (const { id } of subtitleRenditions(title.source)) {
    const cues = parseWebvtt(await folder.read(`${title.key}/${id}/${WHOLE_SUBTITLES}`));
    for (const [file, text] of subtitleTexts(title, range, id, cues)) await folder.write(file, text);
  }
  const sizes = new Map<string, readonly number[]>();
  for (const { id, timeline } of preparedRenditions(title)) {
    const { first, end } = range.of(timeline);
    const names = Array.from({ length: end - first }, (_, k) => mediaSegmentName(first + k));
    sizes.set(
      id,
      await Promise.all(names.map(async (name) => (await folder.size(`${title.key}/${id}/${name}`)) ?? 0)),
    );
  }
  signal.throwIfAborted();
  const measured = measuredTitle(title, range, (id) => sizes.get(id)!);
  await folder.write(MULTIVARIANT_PLAYLIST, formatMaster(measured, range));
  return [...sizes.values()].flat().reduce((sum, size) => sum + size, 0);
}

/** Sprites and chapters are on the clock of the whole film: a range goes without them. */
function formatMaster(title: Title, { isWhole }: ChosenRange): string {
  if (isWhole) return formatMultivariantPlaylist(title);
  const text = formatMultivariantPlaylist({ ...title, source: { ...title.source, chapters: [] } });
  return text.replace(/^#EXT-X-IMAGE-STREAM-INF:.*\n/m, "");
}
