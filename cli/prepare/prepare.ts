import { join, relative, resolve } from "node:path";
import { nameTitle } from "../../orchestrator/describe-title.ts";
import type { Config } from "../../shared/config.ts";
import { MemoryLeaseStore } from "../../shared/lease/memory-lease-store.ts";
import { makeFolder } from "../../shared/node/make-folder.ts";
import { silentTelemetry } from "../../shared/telemetry.ts";
import { storageFolder } from "../folders.ts";
import { createLog } from "../log.ts";
import { printJson } from "../output/columns.ts";
import { type Progress, ProgressBars } from "../output/progress-bars.ts";
import { styleFor } from "../output/style.ts";
import { count, formatBytes, formatClock } from "../output/words.ts";
import { locateFilm } from "../plan/locate-film.ts";
import { type CommandLine, requireArgument } from "../settings.ts";
import { InterruptedError, stopOnSignal, ToldToStopError } from "../stop-signal.ts";
import { openStorage } from "../storage.ts";
import { requireFfmpeg, workerOptions } from "../worker-options.ts";
import { type PreparedTitle, prepareTitle } from "./prepare-title.ts";
import { PreparedFolder } from "./prepared-folder.ts";

/** `seamline prepare <film>`: everything of a title in a folder that any web server can serve. */
export async function prepare(line: CommandLine): Promise<number> {
  const { config, positionals, options, switches } = line;
  const argument = requireArgument(positionals, "a film");
  const place = await locateFilm(argument, config);
  const outputDir = resolve(options.output ?? `${nameTitle(place.path)}-hls`);
  const stop = stopOnSignal();
  await requireFfmpeg(stop.signal);
  const storageDir = await openStorageFolder(config, outputDir);
  // What it has to say on the way is not why somebody calls it.
  const log = createLog(config.LOG_LEVEL === "info" ? { ...config, LOG_LEVEL: "warn" } : config);
  const { storage } = openStorage(storageDir, config, log, silentTelemetry);
  const store = new MemoryLeaseStore();
  const worker = {
    ...(await workerOptions(config, {
      mediaDir: place.mediaDir,
      store,
      storage,
      log,
      telemetry: silentTelemetry,
    })),
    graceMs: 0,
  };
  const bars = new ProgressBars(process.stderr, styleFor(process.stderr));
  let last: readonly Progress[] = [];
  const onProgress = (rows: readonly Progress[]) => {
    last = rows;
    bars.show(
      rows,
      rows.every(({ done, total }) => done === total),
    );
  };
  const request = {
    ...{ path: place.path, segmentSeconds: config.SEGMENT_SECONDS, rungs: options.rungs },
    range: { from: options.from, to: options.to },
    ...{ outputDir, storageDir, worker, onProgress },
  };
  try {
    const prepared = await prepareTitle(request, stop.signal);
    await PreparedFolder.tidy(outputDir);
    report(prepared, outputDir, switches.has("json"));
    return 0;
  } catch (error) {
    if (!(error instanceof ToldToStopError)) throw error;
    throw new InterruptedError(`stopped ${reached(last)}. The same command goes on from there.`, error);
  } finally {
    stop.dispose();
  }
}

/** In the output folder itself, so that nothing is copied, unless the settings name one that a server fills as well. */
async function openStorageFolder(config: Config, outputDir: string): Promise<string> {
  await makeFolder(outputDir);
  if (config.STORAGE_DIR !== undefined) return storageFolder(config);
  return storageFolder({ ...config, STORAGE_DIR: PreparedFolder.storageDir(outputDir) });
}

function reached(rows: readonly Progress[]): string {
  const total = rows.reduce((sum, row) => sum + row.total, 0);
  const done = rows.reduce((sum, row) => sum + row.done, 0);
  return total === 0 ? "before anything was made" : `at ${Math.floor((100 * done) / total)} %`;
}

function report({ title, range, playlist, bytes }: PreparedTitle, outputDir: string, isJson: boolean): void {
  const path = join(outputDir, playlist);
  const { from, to } = range;
  const durationSeconds = to - from;
  const rungs = title.video.map(({ rung }) => rung.name);
  if (isJson) {
    const made = { titleKey: title.key, rungs, from, to, durationSeconds, bytes };
    printJson({ folder: outputDir, playlist: path, ...made });
  } else {
    const size = `${count(rungs.length, "rung")}, ${formatBytes(bytes)}, ${formatClock(durationSeconds)}`;
    process.stdout.write(`${relative("", path) || path}: ${size}\n`);
  }
}
