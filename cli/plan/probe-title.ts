import { FaultError } from "../../shared/fault.ts";
import { assetJob } from "../../shared/job.ts";
import { ORIGINAL_INDEX, type OriginalIndex, originalIndexSchema } from "../../shared/media/original.ts";
import type { SourceHosts } from "../../shared/media/remote-path.ts";
import type { SourceInfo } from "../../shared/media/source-info.ts";
import { sourceInfoSchema } from "../../shared/media/source-info-schema.ts";
import { planTitle, type Title } from "../../shared/media/title.ts";
import { assetObject, sourceInfoObject } from "../../shared/storage/object-name.ts";
import { readAll, type SegmentReader } from "../../shared/storage/segment-storage.ts";
import { PacketThreads } from "../../worker/original/packet-threads.ts";
import { type JobContext, performJob } from "../../worker/perform-job.ts";
import { resolveName } from "../../worker/remote/host-address.ts";
import { TitleSource } from "../../worker/title-source.ts";
import type { FilmPlace } from "./locate-film.ts";
import { MemoryStorage } from "./memory-storage.ts";

/** Containers with an index: nothing else of the file is read to know where it can be cut. */
const INDEXED = /^(?:mov,|matroska)/;

export interface ProbedTitle {
  readonly title: Title;
  /** Undefined where all of the file would have to be read. */
  readonly original: OriginalIndex | undefined;
}

/** Looks at a film as a worker does, in this process, and plans it. */
export async function probeTitle(
  place: FilmPlace,
  segmentSeconds: number,
  hosts: SourceHosts,
  signal: AbortSignal,
): Promise<ProbedTitle> {
  const storage = new MemoryStorage();
  const packets = new PacketThreads();
  const titles = new TitleSource(
    { mediaDir: place.mediaDir, remote: { hosts, resolve: resolveName } },
    storage,
    packets,
  );
  try {
    const context = { titles, storage, packets };
    const job = { kind: "probe", path: place.path, segmentSeconds } as const;
    const revision = await performJob(job, context, { signal, background: false });
    const title = await planTitle(await readSource(revision, storage), { segmentSeconds });
    return { title, original: await lookIntoOriginal(title, context, signal) };
  } finally {
    await packets.close();
  }
}

async function readSource(revision: string, storage: SegmentReader): Promise<SourceInfo> {
  const object = await storage.find(sourceInfoObject(revision));
  if (!object) throw new FaultError("internal", "The probe left nothing.");
  return sourceInfoSchema.parse(JSON.parse(new TextDecoder().decode(await readAll(object))));
}

async function lookIntoOriginal(
  title: Title,
  context: JobContext,
  signal: AbortSignal,
): Promise<OriginalIndex | undefined> {
  const name = assetObject(title.key, ORIGINAL_INDEX);
  if (!(await context.storage.find(name))) {
    if (!INDEXED.test(title.source.format)) return undefined;
    await performJob(assetJob(title, ORIGINAL_INDEX), context, { signal, background: false });
  }
  const object = await context.storage.find(name);
  return object && originalIndexSchema.parse(JSON.parse(new TextDecoder().decode(await readAll(object))));
}
