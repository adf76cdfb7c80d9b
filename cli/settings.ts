import { parseArgs } from "node:util";
import { type Config, ConfigError, flagName, parseConfig, settingNames } from "../shared/config.ts";

export interface CommandLine {
  readonly config: Config;
  readonly positionals: readonly string[];
}

/** Settings from the environment, overruled by flags. Unknown flags stop the start. */
export function readSettings(args: readonly string[], environment: NodeJS.ProcessEnv): CommandLine {
  const flags = Object.fromEntries(settingNames.map((name) => [flagName(name), { type: "string" as const }]));
  const { values, positionals } = parse(args, flags);
  const given = settingNames.map((name) => [name, values[flagName(name)] ?? environment[name]]);
  return { config: parseConfig(Object.fromEntries(given)), positionals };
}

function parse(args: readonly string[], options: Record<string, { type: "string" }>) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ConfigError(
      `${message.split(". ")[0]}. Known flags: --${settingNames.map(flagName).join(", --")}.`,
    );
  }
}
