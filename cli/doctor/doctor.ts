import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Config } from "../../shared/config.ts";
import { silentLog } from "../../shared/log.ts";
import { formatColumns, printJson } from "../output/columns.ts";
import { type Style, styleFor } from "../output/style.ts";
import { createRedis } from "../redis.ts";
import type { CommandLine } from "../settings.ts";
import { stopOnSignal } from "../stop-signal.ts";
import { type Diagnosis, ok } from "./diagnosis.ts";
import { lookAtEncoders } from "./look-at-encoders.ts";
import { lookAtFfmpeg } from "./look-at-ffmpeg.ts";
import { lookAtMachine } from "./look-at-machine.ts";
import { lookAtMedia } from "./look-at-media.ts";
import { lookAtRedis } from "./look-at-redis.ts";
import { lookAtStorage } from "./look-at-storage.ts";

const COLOURS = { ok: "green", warn: "yellow", fail: "red" } as const;

/** `seamline doctor [folder]`: whether this node has what it needs, and what to do where it hasn't. */
export async function doctor({ config, positionals, switches }: CommandLine): Promise<number> {
  const stop = stopOnSignal();
  const diagnoses = await diagnose(config, positionals[0] ?? config.MEDIA_DIR, stop.signal);
  const failures = diagnoses.filter(({ status }) => status === "fail").length;
  if (switches.has("json")) printJson({ healthy: failures === 0, diagnoses });
  else process.stdout.write(formatDiagnoses(diagnoses, styleFor(process.stdout)));
  stop.dispose();
  return failures > 0 ? 1 : 0;
}

async function diagnose(
  config: Config,
  mediaDir: string | undefined,
  signal: AbortSignal,
): Promise<readonly Diagnosis[]> {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const storageDir = resolve(config.STORAGE_DIR ?? join(cache, "seamline"));
  const groups = await Promise.all([
    lookAtMachine(config),
    diagnoseFfmpeg(config, signal),
    lookAtMedia(mediaDir && resolve(mediaDir), signal).then((one) => [one]),
    lookAtStorage(storageDir, config),
    diagnoseRedis(config, signal),
  ]);
  return groups.flat();
}

async function diagnoseFfmpeg(config: Config, signal: AbortSignal): Promise<readonly Diagnosis[]> {
  const found = await lookAtFfmpeg(signal);
  // There is nothing to try encoders with, or it is to be mended first.
  if (found.some(({ status }) => status === "fail")) return found;
  return [...found, ...(await lookAtEncoders(config, signal))];
}

async function diagnoseRedis(config: Config, signal: AbortSignal): Promise<readonly Diagnosis[]> {
  const redis = createRedis(config, silentLog);
  if (!redis) return [ok("redis", "not set: everything is in one process")];
  try {
    return await lookAtRedis(redis, signal);
  } finally {
    await redis.close();
  }
}

function formatDiagnoses(diagnoses: readonly Diagnosis[], style: Style): string {
  const rows = formatColumns(diagnoses.map(({ status, name, found }) => [status, name, found])).split("\n");
  return diagnoses
    .map(({ status, cure }, k) => {
      const line = rows[k]!.replace(/^\w+/, (word) => style(COLOURS[status], word));
      return `${line}\n${cure ? `      → ${cure}\n` : ""}`;
    })
    .join("");
}
