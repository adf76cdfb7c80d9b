import { isatty } from "node:tty";
import { pino } from "pino";
import type { Config } from "../shared/config.ts";
import { secretHider } from "../shared/hide-secrets.ts";
import type { Log } from "../shared/log.ts";
import { prettyLine } from "./pretty-line.ts";

const STDERR = 2;

/**
 * One line an event, on standard error: standard output is for what was asked. JSON for programs, and for people
 * what they can read, which is what a terminal gets unless the settings say otherwise.
 */
export function createLog(config: Config): Log {
  const hide = secretHider(config);
  const destination = pino.destination({ fd: STDERR, sync: true });
  const isTerminal = isatty(STDERR);
  const isPretty = (config.LOG_FORMAT ?? (isTerminal ? "pretty" : "json")) === "pretty";
  const colours = isTerminal && !process.env.NO_COLOR;
  const print = isPretty ? (line: string) => prettyLine(line, colours) : (line: string) => line;
  return pino(
    { level: config.LOG_LEVEL, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => destination.write(print(hide(line))) },
  );
}
