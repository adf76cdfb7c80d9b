import { describe, expect, test } from "vitest";
import { commands } from "../../cli/commands.ts";
import { edgeSettings, settingHelp } from "../../cli/setting-flags.ts";
import { settingNames } from "../../shared/config.ts";
import { runSeamline } from "../support/seamline.ts";

describe("the command line", () => {
  test("prints its commands when it is called without one, as a wrong use", async () => {
    const { exitCode, stdout, stderr } = await runSeamline([]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    for (const { name } of commands) expect(stderr).toContain(`\n  ${name} `);
  });

  test("prints its version", async () => {
    const { exitCode, stdout } = await runSeamline(["--version"]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.each(commands.map(({ name }) => name))(
    "%s has help with its own flags, examples and exit codes",
    async (name) => {
      const { exitCode, stdout, stderr } = await runSeamline([name, "--help"]);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      expect(stdout).toMatch(new RegExp(`^Usage: seamline ${name} `));
      expect(stdout).toMatch(/\nExamples:\n {2}/);
      expect(stdout).toMatch(/\nExit codes: 0 /);
    },
  );

  test("has a line for every setting, in the help of some command, but for those of the edge", () => {
    const shown = new Set(commands.flatMap(({ settings }) => settings));
    const unexplained = settingNames.filter((name) => !settingHelp[name]?.text || !shown.has(name));
    expect(unexplained.sort()).toEqual([...edgeSettings].sort());
  });

  test("names the nearest command and the nearest flag", async () => {
    const command = await runSeamline(["serv"]);
    expect(command.exitCode).toBe(2);
    expect(command.stderr).toContain("Did you mean serve?");
    const flag = await runSeamline(["serve", "--storage-dri", "x"]);
    expect(flag.exitCode).toBe(2);
    expect(flag.stderr).toContain("Did you mean --storage-dir?");
  });

  test("takes every setting as a flag, which overrules the environment, and says what is wrong with it", async () => {
    const environment = { PORT: "8080" };
    const { exitCode, stderr } = await runSeamline(["serve", "/tmp", "--port", "many"], { environment });
    expect(exitCode).toBe(2);
    expect(stderr).toBe('seamline: PORT="many": must be a whole number (or --port).\n');
  });

  test("signs a link, for people and for programs", async () => {
    const environment = { AUTH_SECRET: "a secret of thirty-two characters" };
    const plain = await runSeamline(["sign", "films/a.mp4"], { environment });
    expect(plain.stdout).toMatch(/^\/hls\/films\/a\.mp4\/master\.m3u8\?token=sl1\.\S+\n$/);
    const json = await runSeamline(["sign", "films/", "--expires", "2h", "--json"], { environment });
    expect(JSON.parse(json.stdout)).toMatchObject({ url: expect.stringMatching(/^\/\?token=sl1\./) });
  });
});
