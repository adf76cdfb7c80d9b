import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repositoryRoot } from "../support/footage-cache.ts";
import { runProgram } from "../support/run-program.ts";
import { shortFilm } from "./short-film.ts";

let home: string;

/** An empty folder into which the package, as npm packs it, is installed as a user would. */
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "seamline-package-"));
  await runProgram("npm", [
    "pack",
    repositoryRoot,
    "--ignore-scripts",
    "--silent",
    "--pack-destination",
    home,
  ]);
  const [tarball] = await readdir(home);
  await runProgram("npm", [
    ...["install", "--prefix", home, "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"],
    join(home, tarball!),
  ]);
  // Types of Node are the program's own affair.
  for (const name of ["@types/node", "undici-types"]) {
    const place = join(home, "node_modules", name);
    await mkdir(dirname(place), { recursive: true });
    await symlink(join(repositoryRoot, "node_modules", name), place);
  }
});

afterAll(() => rm(home, { recursive: true, force: true }));

const PLAY = `
  const controller = new HLSController({ cacheDirectory: process.argv[2] });
  const playlist = await controller.getIndexPlaylist(process.argv[3], "me", StreamType.VIDEO, "240p", 0);
  const { stream, size } = await controller.getSegmentStream(process.argv[3], "me", StreamType.VIDEO, "240p", 0, 0);
  let read = 0;
  for await (const chunk of stream) read += chunk.length;
  await controller.dispose();
  console.log(playlist.startsWith("#EXTM3U") && read === size ? "played" : "failed");
`;

test.each([
  ["an ES module", "program.mjs", `import { HLSController, StreamType } from "seamline";${PLAY}`],
  [
    "a CommonJS module",
    "program.cjs",
    `const { HLSController, StreamType } = require("seamline"); (async () => {${PLAY}})();`,
  ],
])("%s imports the package, plays, and ends by itself", async (_, name, code) => {
  await writeFile(join(home, name), code);
  const args = [join(home, name), join(home, "cache"), await shortFilm()];
  const { stdout, stderr } = await runProgram(process.execPath, args, undefined, 60_000);
  expect(stdout.toString()).toBe("played\n");
  expect(stderr).toBe("");
});

test("a program for browsers and Node finds the client", async () => {
  const code = 'import { SeamlineClient } from "seamline/client"; console.log(typeof SeamlineClient);';
  await writeFile(join(home, "client.mjs"), code);
  const { stdout } = await runProgram(process.execPath, [join(home, "client.mjs")]);
  expect(stdout.toString()).toBe("function\n");
});

test("the package has the program, and nothing that only its developers need", async () => {
  const folder = join(home, "node_modules/seamline");
  const seamline = (...args: readonly string[]) => runProgram(join(home, "node_modules/.bin/seamline"), args);
  expect((await seamline("--help")).stdout.toString()).toContain("Usage: seamline");
  expect((await seamline("plan", await shortFilm())).stdout.toString()).toContain("240p");
  const files = await readdir(folder, { recursive: true });
  expect(files.filter((file) => /^dist\/(test|bench)|tsbuildinfo$|^(test|bench)/.test(file))).toEqual([]);
  expect(files).toEqual(expect.arrayContaining(["docs/library.md", "docs/migration.md", "examples/hono.js"]));
});

const TYPED = `
  const database = {
    async getMetadata(fileId: string): Promise<MediaMetadata> { throw new Error(fileId); },
    async saveMetadata(_: string, metadata: MediaMetadata) { return metadata; },
    async metadataExists(fileId: string) { return { exists: false, fileId }; },
  } satisfies DatabaseConnector;
  const options: HLSManagerOptions = {
    cacheDirectory: "cache",
    hwAccel: true,
    database,
    videoQualities: [VideoQualityEnum.P720, VideoQualityEnum.ORIGINAL],
    distributed: { enabled: Boolean(process.env.REDIS_URL), redisUrl: process.env.REDIS_URL },
  };
  export async function use(): Promise<number> {
    const controller = new HLSController(options);
    controller.onSessionChange((session) => console.log(session.status === TranscodeType.DIRECT_PLAY));
    const subtitles: SubtitleInfo[] = await controller.getConvertibleSubtitles("film.mp4");
    const { stream, size } = await controller.getSegmentStream("film.mp4", "a", StreamType.AUDIO, "aac", 0, 1);
    stream.pipe(process.stdout);
    // @ts-expect-error There is no such option.
    new HLSController({ cacheDirectory: "cache", cacheDir: "cache" });
    return size + subtitles.length;
  }
`;
const VALUES = "HLSController, StreamType, TranscodeType, VideoQualityEnum";
const IMPORT = `import { ${VALUES}, type DatabaseConnector, type HLSManagerOptions, type MediaMetadata, type SubtitleInfo } from "seamline";`;

test.each(["node16", "nodenext"])(
  "both kinds of modules find its types, as %s resolves them",
  async (module) => {
    const sources = ["typed.mts", "typed.cts"];
    for (const name of sources) await writeFile(join(home, name), IMPORT + TYPED);
    const compilerOptions = { noEmit: true, strict: true, target: "es2022", types: ["node"], module };
    await writeFile(join(home, "tsconfig.json"), JSON.stringify({ compilerOptions, files: sources }));
    const tsc = join(repositoryRoot, "node_modules/typescript/bin/tsc");
    // What it complains of stands on its standard output.
    const { stdout } = await runProgram("sh", [
      "-c",
      '"$@" || true',
      "sh",
      process.execPath,
      tsc,
      "-p",
      home,
    ]);
    expect(stdout.toString()).toBe("");
  },
);
