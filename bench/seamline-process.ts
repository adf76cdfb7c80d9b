import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type RunningProgram, startProgram } from "./running-program.ts";

const MAIN = fileURLToPath(new URL("../cli/main.js", import.meta.url));

/** The product as its users run it: a process of its own, over a storage folder that is empty unless one is given. */
export interface SeamlineProcess extends RunningProgram {
  /** Without a slash at its end. */
  readonly url: string;
}

export interface SeamlineOptions {
  readonly storageDir?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export async function startSeamline(
  mediaDir: string,
  { storageDir: given, env = {} }: SeamlineOptions = {},
): Promise<SeamlineProcess> {
  const storage = given ?? (await mkdtemp(join(tmpdir(), "seamline-bench-")));
  const args = [MAIN, "serve", mediaDir, "--port", "0", "--host", "127.0.0.1", "--storage-dir", storage];
  const program = await startProgram(process.execPath, args, { ready: /^Seamline/, env });
  return {
    ...program,
    url: urlIn(program.line),
    async stop() {
      await program.stop();
      if (given === undefined) await rm(storage, { recursive: true, force: true });
    },
  };
}

/** Redis over REST, in front of a Redis. */
export async function startGateway(redisUrl: string, token: string): Promise<SeamlineProcess> {
  const env = { REDIS_URL: redisUrl, GATEWAY_TOKEN: token, PORT: "0", HOST: "127.0.0.1" };
  const program = await startProgram(process.execPath, [MAIN, "gateway"], { ready: /^Seamline/, env });
  return { ...program, url: urlIn(program.line) };
}

function urlIn(line: string): string {
  return /http:\S+[^/\s]/.exec(line)![0].replace("localhost", "127.0.0.1");
}

/** Media playlist URL of a rendition, found the way a player finds it. */
export async function mediaPlaylistUrl(
  server: Pick<SeamlineProcess, "url">,
  name: string,
  rendition: string,
): Promise<string> {
  const master = `${server.url}/hls/${encodeURIComponent(name)}/master.m3u8`;
  const playlist = await (await fetch(master)).text();
  const line = playlist.split("\n").find((candidate) => candidate.includes(`/${rendition}/`))!;
  return new URL(line, master).href;
}

export interface MediaPlaylist {
  readonly initUrl: string;
  readonly segments: readonly { readonly url: string; readonly start: number; readonly seconds: number }[];
}

export async function readMediaPlaylist(playlistUrl: string): Promise<MediaPlaylist> {
  const playlist = await (await fetch(playlistUrl)).text();
  let start = 0;
  const segments = [...playlist.matchAll(/#EXTINF:([\d.]+),\n(\S+)/g)].map(([, duration, uri]) => {
    const segment = { url: new URL(uri!, playlistUrl).href, start, seconds: Number(duration) };
    start += segment.seconds;
    return segment;
  });
  const [, initUri] = /#EXT-X-MAP:URI="([^"]+)"/.exec(playlist)!;
  return { initUrl: new URL(initUri!, playlistUrl).href, segments };
}

/** Segment URLs and durations (seconds) of a media playlist. */
export async function readSegments(playlistUrl: string): Promise<MediaPlaylist["segments"]> {
  return (await readMediaPlaylist(playlistUrl)).segments;
}
