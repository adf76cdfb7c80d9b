import type { Config } from "../shared/config.ts";
import { settingsOf } from "./setting-flags.ts";
import type { CommandLine } from "./settings.ts";

/** Does what a command is for; resolves with the exit code. */
export type RunCommand = (line: CommandLine) => Promise<number>;

export interface OwnFlag {
  /** As commander reads it: `-o, --output <folder>`. */
  readonly flags: string;
  readonly text: string;
}

export interface CommandSpec {
  readonly name: string;
  /** As commander reads it: `<file>`, `[folder]`. */
  readonly argument?: { readonly name: string; readonly text: string };
  readonly summary: string;
  /** What else there is to say. */
  readonly details?: string;
  readonly flags?: readonly OwnFlag[];
  readonly settings: readonly (keyof Config)[];
  /** What to type, and what that does. */
  readonly examples: readonly (readonly [string, string])[];
  /** Loaded when it is called: no command waits for the code of another. */
  readonly load: () => Promise<RunCommand>;
}

const json: OwnFlag = { flags: "--json", text: "print JSON for programs" };

export const commands: readonly CommandSpec[] = [
  {
    name: "serve",
    argument: { name: "[folder]", text: "folder of films; else MEDIA_DIR" },
    summary: "serve every film in a folder as adaptive HLS, made as it is watched",
    settings: settingsOf.serve,
    examples: [
      ["seamline serve ~/films", "http://localhost:8080/"],
      ["seamline serve ~/films --port 80 --storage-dir /var/cache/seamline", "elsewhere"],
    ],
    load: async () => (await import("./serve.ts")).serve,
  },
  {
    name: "worker",
    argument: { name: "[folder]", text: "folder of films; else MEDIA_DIR" },
    summary: "encode for a fleet that shares a Redis and a storage folder",
    settings: settingsOf.worker,
    examples: [
      ["REDIS_URL=redis://redis:6379 seamline worker /films --storage-dir /shared", "one of the fleet"],
    ],
    load: async () => (await import("./worker.ts")).worker,
  },
  {
    name: "gateway",
    summary: "serve Redis over REST, for clients that can't open a TCP connection",
    settings: settingsOf.gateway,
    examples: [
      ["REDIS_URL=redis://redis:6379 GATEWAY_TOKEN=… seamline gateway --port 8079", "Upstash's protocol"],
    ],
    load: async () => (await import("./gateway.ts")).gateway,
  },
  {
    name: "sign",
    argument: { name: "<path>", text: "a title, or a folder with a slash at its end; / is everything" },
    summary: "print a link that opens one title or a folder of them, where AUTH_SECRET is set",
    flags: [
      { flags: "--expires <time>", text: "how long it is good for: 90m, 6h or 7d (default: 6h)" },
      { flags: "--viewer <id>", text: "whose requests count as one client's" },
      json,
    ],
    settings: settingsOf.sign,
    examples: [
      ["seamline sign series/one.mkv --expires 8h", "one film for an evening"],
      ["seamline sign series/", "the page with that folder's titles"],
    ],
    load: async () => (await import("./sign.ts")).sign,
  },
  {
    name: "plan",
    argument: { name: "<file>", text: "a film on this machine" },
    summary: "show what a film would be made into, without encoding anything",
    details:
      "Prints the ladder, the timeline, sound, subtitles, chapters and whether the original can be offered.",
    flags: [json],
    settings: settingsOf.plan,
    examples: [
      ["seamline plan film.mkv", ""],
      ["seamline plan film.mkv --json | jq '.rungs[].name'", "for programs"],
    ],
    load: async () => (await import("./plan/plan.ts")).plan,
  },
  {
    name: "prepare",
    argument: { name: "<film>", text: "a file, or the path of a title in MEDIA_DIR" },
    summary: "make everything of a film in a folder that any web server can serve",
    details:
      "Called again, it goes on where it was, whatever ended it. The multivariant playlist comes last.",
    flags: [
      { flags: "-o, --output <folder>", text: "where to put it (default: the film's name and -hls)" },
      { flags: "--rungs <names>", text: "rungs to make, such as 360p,720p (default: all)" },
      { flags: "--from <seconds>", text: "where to begin, at the segment that holds it (default: 0)" },
      { flags: "--to <seconds>", text: "where to end, with the segment that holds it (default: the end)" },
      json,
    ],
    settings: settingsOf.prepare,
    examples: [
      ["seamline prepare film.mkv -o /var/www/film", ""],
      ["seamline prepare film.mkv --from 600 --to 690 -o /var/www/scene", "a minute and a half of it"],
      [
        "seamline prepare film.mkv --rungs 360p,720p --storage-dir /shared",
        "with what a server made already",
      ],
    ],
    load: async () => (await import("./prepare/prepare.ts")).prepare,
  },
  {
    name: "check",
    argument: { name: "<playlist>", text: "address or file of a multivariant or media playlist" },
    summary: "play any HLS stream on demand, and report all that is wrong with it",
    details:
      "Fetches every playlist and every segment, and decodes across their borders. docs/cli.md lists what is looked for.",
    flags: [
      json,
      { flags: "--no-decode", text: "leave out decoding, which takes longest" },
      { flags: "--strict", text: "count warnings as faults in the exit code" },
      { flags: "--concurrency <count>", text: "resources that are fetched at a time (default: 4)" },
    ],
    settings: settingsOf.check,
    examples: [
      ["seamline check http://localhost:8080/hls/film.mkv/master.m3u8", ""],
      [
        "seamline check out/master.m3u8 --json | jq '.violations[].code'",
        "a folder on this machine, for programs",
      ],
    ],
    load: async () => (await import("./check/check.ts")).check,
  },
  {
    name: "doctor",
    argument: { name: "[folder]", text: "folder of films; else MEDIA_DIR" },
    summary: "see whether this machine has what it needs, and what to do where it hasn't",
    details:
      "Looks at Node.js, FFmpeg, the films, storage, Redis and the port. Run it with a worker's environment; doctors on two nodes of one storage see each other.",
    flags: [json],
    settings: settingsOf.doctor,
    examples: [
      ["seamline doctor ~/films", ""],
      ["REDIS_URL=redis://redis:6379 seamline doctor /films --storage-dir /shared", "a node of a fleet"],
    ],
    load: async () => (await import("./doctor/doctor.ts")).doctor,
  },
  {
    name: "fleet",
    argument: { name: "[url]", text: "address of a server (default: http://localhost:8080/)" },
    summary: "show what the workers of a server's fleet are doing",
    details: "On a terminal the table is drawn anew each second, until Ctrl-C; elsewhere it is printed once.",
    flags: [json],
    settings: settingsOf.fleet,
    examples: [["ADMIN_TOKEN=… seamline fleet https://films.example/", ""]],
    load: async () => (await import("./fleet/fleet.ts")).fleet,
  },
];

/** Exit codes of all commands, as help has them. */
export const EXIT_CODES =
  "Exit codes: 0 done, 1 failed or found faults, 2 used wrongly, 130 interrupted (128 and the signal).";
