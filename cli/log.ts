import { pino } from "pino";
import type { Config } from "../shared/config.ts";
import type { Log } from "../shared/log.ts";

/** One JSON line an event, on standard error: standard output is for what was asked. */
export function createLog(level: Config["LOG_LEVEL"]): Log {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: true }),
  );
}
