import { type Config, ConfigError, flagName, parseConfig, settingNames } from "../shared/config.ts";

/** What a command was called with. */
export interface CommandLine {
  /** Settings from the environment, overruled by flags. */
  readonly config: Config;
  readonly positionals: readonly string[];
  /** The command's own flags, which are no settings, by their names: `expires`, `no-decode`. */
  readonly options: Readonly<Record<string, string | undefined>>;
  /** Flags without a value that were given: `json`. */
  readonly switches: ReadonlySet<string>;
}

/** @param flags by their names, such as `storage-dir`. */
export function readSettings(
  flags: Readonly<Record<string, string | undefined>>,
  environment: NodeJS.ProcessEnv,
): Config {
  const given = settingNames.map((name) => [name, flags[flagName(name)] ?? environment[name]]);
  return parseConfig(Object.fromEntries(given));
}

/** The argument that a command can't do without is commander's business; a second look is for the compiler. */
export function requireArgument(positionals: readonly string[], what: string): string {
  const [argument] = positionals;
  if (!argument) throw new ConfigError(`name ${what}.`);
  return argument;
}
