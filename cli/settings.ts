import { parseArgs } from "node:util";
import { type Config, ConfigError, flagName, parseConfig, settingNames } from "../shared/config.ts";

export interface CommandLine {
  readonly config: Config;
  readonly positionals: readonly string[];
  /** The command's own flags, which are no settings. */
  readonly options: Readonly<Record<string, string | undefined>>;
}

/**
 * Settings from the environment, overruled by flags. Unknown flags stop the start.
 * @param own names of flags that the command has besides.
 */
export function readSettings(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  own: readonly string[] = [],
): CommandLine {
  const names = [...own, ...settingNames.map(flagName)];
  const { values, positionals } = parse(args, names);
  const given = settingNames.map((name) => [name, values[flagName(name)] ?? environment[name]]);
  return { config: parseConfig(Object.fromEntries(given)), positionals, options: values };
}

function parse(args: readonly string[], names: readonly string[]) {
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`${message.split(". ")[0]}. Known flags: --${names.join(", --")}.`);
  }
}
