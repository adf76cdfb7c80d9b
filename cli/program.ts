import { Command, CommanderError, Option } from "commander";
import { flagName, settingNames } from "../shared/config.ts";
import { type CommandSpec, commands, EXIT_CODES } from "./commands.ts";
import { settingHelp } from "./setting-flags.ts";
import { readSettings } from "./settings.ts";
import { version } from "./version.ts";

/**
 * Runs what the arguments ask for, and resolves with the exit code: 0 done, 1 failed, 2 used wrongly.
 * @param args without program and script.
 */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = createProgram((code) => {
    exitCode = code;
  });
  if (args.length === 0) {
    program.outputHelp({ error: true });
    return 2;
  }
  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version were asked for; everything else is a wrong use, and has been explained.
    return error.exitCode === 0 ? 0 : 2;
  }
}

function createProgram(onEnd: (exitCode: number) => void): Command {
  const program = new Command("seamline")
    .description("Turns any film into an adaptive HLS stream at the moment somebody watches it.")
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print help for a command")
    .addHelpText(
      "after",
      `\nEvery setting of the environment is also a flag: MEDIA_DIR is --media-dir.\n${EXIT_CODES}`,
    );
  configure(program);
  for (const spec of commands) program.addCommand(createCommand(spec, onEnd));
  return program;
}

function createCommand(spec: CommandSpec, onEnd: (exitCode: number) => void): Command {
  const { name, argument, summary, details, flags = [], settings, examples, load } = spec;
  const command = new Command(name)
    .summary(summary)
    .description(`${summary[0]!.toUpperCase()}${summary.slice(1)}.${details ? `\n${details}` : ""}`)
    .helpOption("-h, --help", "print this");
  if (argument) command.argument(argument.name, argument.text);
  for (const { flags: form, text } of flags) command.option(form, text);
  addSettings(command, settings);
  command.addHelpText("after", formatExamples(examples));
  configure(command);
  return command.action(async () => onEnd(await (await load())(readLine(command))));
}

/** Known settings come in the order that the command has them, all others hidden after them. */
function addSettings(command: Command, shown: readonly string[]): void {
  const own = new Set(command.options.map((option) => option.long));
  for (const setting of [...shown, ...settingNames.filter((name) => !shown.includes(name))]) {
    const help = settingHelp[setting as (typeof settingNames)[number]];
    const long = `--${flagName(setting)}`;
    if (own.has(long)) continue;
    const option = new Option(`${long} <${help?.value ?? "value"}>`, help?.text);
    command.addOption(shown.includes(setting) ? option : option.hideHelp());
  }
}

/** Errors are thrown, printed as the program's other ones are, and followed by where to read on. */
function configure(command: Command): void {
  command.exitOverride().configureOutput({
    outputError(message, write) {
      const text = message.replace(/^error: /, "");
      write(`seamline: ${text}${text.endsWith("\n") ? "" : "\n"}`);
    },
  });
  const name = command.name() === "seamline" ? "" : ` ${command.name()}`;
  command.showHelpAfterError(`See seamline${name} --help.`);
}

function readLine(command: Command) {
  const values = command.opts<Record<string, string | boolean | undefined>>();
  const texts: Record<string, string | undefined> = {};
  const switches = new Set<string>();
  for (const option of command.options) {
    const value = values[option.attributeName()];
    const name = option.long!.slice(2);
    if (typeof value === "string") texts[name] = value;
    // `--no-decode` is commander's `decode: false`.
    if (option.negate ? value === false : value === true) switches.add(name);
  }
  return {
    config: readSettings(texts, process.env),
    positionals: command.args,
    options: texts,
    switches,
  };
}

function formatExamples(examples: CommandSpec["examples"]): string {
  const lines = examples.map(([line, text]) => `  ${line}${text ? `\n      ${text}` : ""}`);
  return `\nExamples:\n${lines.join("\n")}\n\n${EXIT_CODES}`;
}
