import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JobDesk } from "../../../orchestrator/job-desk.ts";
import { PreparationRecords } from "../../../orchestrator/prepare/preparation-records.ts";
import { Preparations, type PreparationTiming } from "../../../orchestrator/prepare/preparations.ts";
import { TitleCatalog } from "../../../orchestrator/title-catalog.ts";
import { TitlePlans } from "../../../orchestrator/title-plans.ts";
import type { WebhookEvent } from "../../../shared/api/webhook-event.ts";
import { type FaultError, formatReason } from "../../../shared/fault.ts";
import { parseJob } from "../../../shared/job.ts";
import { MemoryLeaseStore } from "../../../shared/lease/memory-lease-store.ts";
import { silentLog } from "../../../shared/log.ts";
import { INIT_SEGMENT, mediaSegmentName } from "../../../shared/media/segment-name.ts";
import { sourceRevision } from "../../../shared/media/source-info.ts";
import { planTitle, type Title } from "../../../shared/media/title.ts";
import { FileRecords } from "../../../shared/node/file-records.ts";
import { FileStorage } from "../../../shared/node/file-storage.ts";
import { rational } from "../../../shared/rational.ts";
import { assetObject, titleObject } from "../../../shared/storage/object-name.ts";
import { exampleAudio, exampleSource, exampleVideo } from "../../shared/media/example-source.ts";

/** What an orchestrator and its worker share: a title that is planned, storage, and a lease store. */
export interface SharedTitle {
  readonly title: Title;
  readonly store: MemoryLeaseStore;
  readonly storage: FileStorage;
  /** Ids of the jobs that a worker was given, in that order. */
  readonly claimed: string[];
  /** Tells about the source, as a probe does. @returns what ends that. */
  answerProbes(): () => void;
  /** Claims a job and does it, in name only. @returns whether there was one. */
  workOnce(fault?: FaultError): Promise<boolean>;
  /** An orchestrator's part in preparing; `told` is what webhooks are sent of. */
  orchestrator(timing?: Partial<PreparationTiming>): {
    preparations: Preparations;
    desk: JobDesk;
    told: WebhookEvent[];
  };
  readonly records: PreparationRecords;
  remove(): Promise<void>;
}

export const TIMING: PreparationTiming = { lookMs: 20, idleLookMs: 20, beatMs: 10, staleMs: 60_000 };

/** @param seconds of a film in 1080p. */
export async function shareTitle(seconds: number): Promise<SharedTitle> {
  const end = rational(seconds);
  const source = exampleSource({ video: exampleVideo({ end }), audio: [exampleAudio({ end })] });
  const title = await planTitle(source, { segmentSeconds: 4 });
  const root = await mkdtemp(join(tmpdir(), "seamline-prepared-"));
  const storage = new FileStorage(root);
  const store = new MemoryLeaseStore();
  const claimed: string[] = [];
  let sequence = 0;
  const claim = (dueWithinMs?: number) =>
    store.claim({
      ...{ worker: "w", sequence: ++sequence, leaseMs: 60_000, count: 1 },
      ...(dueWithinMs !== undefined && { dueWithinMs }),
    });
  return {
    ...{ title, store, storage, claimed },
    records: new PreparationRecords(new FileRecords(root, "preparations"), silentLog),
    answerProbes() {
      return store.subscribe(async ({ kind }) => {
        if (kind !== "queued") return;
        for (const lease of await claim(0))
          await store.commit(lease, { meta: sourceRevision(source), retainMs: 60_000 });
      });
    },
    async workOnce(fault) {
      const [lease] = await claim();
      if (!lease) return false;
      claimed.push(lease.id);
      const failure = { permanent: true, backoffMs: 0, retainMs: 60_000 };
      if (fault) await store.fail(lease, { ...failure, reason: formatReason(fault) });
      else {
        for (const name of objectsOf(lease.payload)) await storage.publish(name, new Uint8Array(1));
        await store.commit(lease, { meta: "", retainMs: 60_000 });
      }
      return true;
    },
    orchestrator(timing = {}) {
      const desk = new JobDesk(store, 1000, silentLog);
      const plans = new TitlePlans();
      plans.remember(title);
      const sourceHosts = { public: [], private: [] };
      const catalog = new TitleCatalog({ storage, fileWaitMs: 100, sourceHosts }, title.options, plans);
      const told: WebhookEvent[] = [];
      const preparations = new Preparations({
        ...{ store, storage, catalog, desk, log: silentLog },
        maxAttempts: 3,
        records: new FileRecords(root, "preparations"),
        notify: (event) => void told.push(event),
        timing: { ...TIMING, ...timing },
      });
      return { preparations, desk, told };
    },
    async remove() {
      await rm(root, { recursive: true, maxRetries: 5 });
    },
  };
}

/** Names of what a job makes. */
function objectsOf(payload: string): readonly string[] {
  const job = parseJob(payload);
  if (job.kind === "asset") return [assetObject(job.titleKey, job.asset)];
  if (job.kind === "probe") return [];
  const nameOf = (name: string) => titleObject(job.titleKey, job.rendition, name);
  if (job.kind === "init") return [nameOf(INIT_SEGMENT)];
  const media = Array.from({ length: job.count }, (_, k) => nameOf(mediaSegmentName(job.first + k)));
  return [nameOf(INIT_SEGMENT), ...media];
}
