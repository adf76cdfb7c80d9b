import type { Config } from "../shared/config.ts";
import { secretHider } from "../shared/hide-secrets.ts";
import type { Log, LogFields } from "../shared/log.ts";

/** The levels' numbers, as in the lines that the other programs write. */
const LEVELS = { debug: 20, info: 30, warn: 40, error: 50, silent: Number.POSITIVE_INFINITY } as const;

/** One JSON line an event, on the runtime's console. */
export function createConsoleLog(config: Partial<Config> & Pick<Config, "LOG_LEVEL">): Log {
  const hide = secretHider(config);
  const at = (name: "debug" | "info" | "warn" | "error") => (fields: LogFields, event: string) => {
    if (LEVELS[name] < LEVELS[config.LOG_LEVEL]) return;
    const time = new Date().toISOString();
    console[name](hide(JSON.stringify({ level: LEVELS[name], time, ...fields, msg: event })));
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
