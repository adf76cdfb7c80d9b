import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileStorage } from "../../shared/node/file-storage.ts";
import type { RemotePolicy } from "../../worker/remote/host-address.ts";
import { type FilmOrigin, type Manner, startFilmOrigin } from "../support/film-origin.ts";
import { type Outcome, playThrough } from "../support/play-through.ts";
import { runProgram } from "../support/run-program.ts";

/** A name that only the resolver given to the worker knows. */
const NAME = "films.test";

export interface FilmHost {
  readonly origin: FilmOrigin;
  /** What it serves. */
  readonly folder: string;
  /** `film.mp4`, which is there. */
  readonly film: Buffer;
  /** Names that were looked up in the last `watch`. */
  readonly lookups: readonly string[];
  /** The path of a title. */
  at(name: string): string;
  /** That it is listed, and has a private address; so do the public hosts that are listed besides. */
  policy(...publicHosts: readonly string[]): RemotePolicy;
  /** Takes a film through a worker, with an empty storage unless that of the last time is kept. */
  watch(name: string, options?: WatchOptions): Promise<Outcome>;
  /** Segments in the storage of the last `watch`. */
  made(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export interface WatchOptions {
  readonly policy?: RemotePolicy;
  readonly signal?: AbortSignal;
  readonly keepStorage?: boolean;
}

export async function startFilmHost(): Promise<FilmHost> {
  const root = await mkdtemp(join(tmpdir(), "seamline-host-"));
  const folder = join(root, "films");
  await mkdir(folder);
  const film = await makeFilm(join(folder, "film.mp4"));
  const origin = await startFilmOrigin(folder, { hostname: NAME });
  const lookups: string[] = [];
  let storageDir = "";
  const policy = (...publicHosts: readonly string[]): RemotePolicy => ({
    hosts: { public: publicHosts, private: [origin.host] },
    async resolve(name) {
      lookups.push(name);
      return [{ address: "127.0.0.1", family: 4 }];
    },
  });
  const at = (name: string) => `http:/${origin.host}/${name}`;
  return {
    ...{ origin, folder, film, lookups, at, policy },
    async watch(name, { policy: remote = policy(), keepStorage = false, ...options } = {}) {
      if (!keepStorage) storageDir = await mkdtemp(join(root, "storage-"));
      origin.requests.splice(0);
      lookups.splice(0);
      return playThrough(root, at(name), new FileStorage(storageDir), { place: 0.5, remote, ...options });
    },
    made: async () =>
      (await readdir(storageDir, { recursive: true })).filter((name) => /\.(m4s|mp4)$/.test(name)),
    async stop() {
      await origin.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function makeFilm(path: string): Promise<Buffer> {
  const picture = ["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=12"];
  const sound = ["-f", "lavfi", "-i", "sine=duration=12"];
  const encoders = ["-c:v", "libx264", "-preset", "ultrafast", "-b:v", "3M", "-g", "25", "-c:a", "aac"];
  await runProgram("ffmpeg", ["-v", "error", ...picture, ...sound, ...encoders, path]);
  return readFile(path);
}

export function refusal(outcome: Outcome): string {
  return outcome.kind === "fault"
    ? `${outcome.stage} ${outcome.fault.code}: ${outcome.fault.message}`
    : "played";
}

/** Whether this is the request by which a worker finds out what is there. */
export function isOpening(request: IncomingMessage): boolean {
  return request.headers.range === "bytes=0-7";
}

/** The bytes that are asked for. */
export function askedRange(request: IncomingMessage): { first: number; last: number } {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range!)!.map(Number);
  return { first: first!, last: last! };
}

/**
 * Answers with a part of a file, as is right but for the headers that are given; undefined leaves one out.
 * @param body from the file and the range that was asked for.
 */
export function partOf(
  file: Buffer,
  headers: Readonly<Record<string, string | number | undefined>> = {},
  body = (first: number, last: number) => file.subarray(first, last + 1),
): Manner {
  return (request, response) => {
    const { first, last } = askedRange(request);
    const right = {
      etag: '"1"',
      "content-range": `bytes ${first}-${last}/${file.length}`,
      "content-length": last - first + 1,
    };
    for (const [name, value] of Object.entries({ ...right, ...headers })) {
      if (value !== undefined) response.setHeader(name, value);
    }
    response.writeHead(206).end(body(first, last));
  };
}

export function status(code: number): Manner {
  const headers = { "content-length": 5, etag: '"1"' };
  return (_request, response) => void response.writeHead(code, headers).end("words");
}
