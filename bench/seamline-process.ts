import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../cli/main.js", import.meta.url));
/** Linux counts process times in hundredths of a second for every program (USER_HZ). */
const TICKS_PER_SECOND = 100;

/** The product as its users run it: a process of its own over an empty storage folder. */
export interface SeamlineProcess {
  /** Without a slash at its end. */
  readonly url: string;
  /** CPU used so far by the server and every program that it has run to its end, seconds. */
  cpuSeconds(): Promise<number>;
  stop(): Promise<void>;
}

export async function startSeamline(mediaDir: string): Promise<SeamlineProcess> {
  const storage = await mkdtemp(join(tmpdir(), "seamline-bench-"));
  const args = [MAIN, "serve", mediaDir, "--port", "0", "--host", "127.0.0.1", "--storage-dir", storage];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  return {
    url: /http:\S+[^/\s]/.exec(line)![0].replace("localhost", "127.0.0.1"),
    async cpuSeconds() {
      const status = await readFile(`/proc/${child.pid}/stat`, "utf8");
      // Fields 14 to 17 of proc(5): utime, stime, cutime, cstime; the name before them may hold spaces.
      const times = status
        .slice(status.lastIndexOf(")") + 2)
        .split(" ")
        .slice(11, 15)
        .map(Number);
      return times.reduce((sum, ticks) => sum + ticks, 0) / TICKS_PER_SECOND;
    },
    async stop() {
      child.kill("SIGTERM");
      await once(child, "exit");
      await rm(storage, { recursive: true, force: true });
    },
  };
}

/** Media playlist URL of a rendition, found the way a player finds it. */
export async function mediaPlaylistUrl(
  server: SeamlineProcess,
  name: string,
  rendition: string,
): Promise<string> {
  const master = `${server.url}/hls/${encodeURIComponent(name)}/master.m3u8`;
  const playlist = await (await fetch(master)).text();
  const line = playlist.split("\n").find((candidate) => candidate.includes(`/${rendition}/`))!;
  return new URL(line, master).href;
}

/** Segment URLs and durations (seconds) of a media playlist. */
export async function readSegments(
  playlistUrl: string,
): Promise<{ url: string; start: number; seconds: number }[]> {
  const playlist = await (await fetch(playlistUrl)).text();
  let start = 0;
  return [...playlist.matchAll(/#EXTINF:([\d.]+),\n(\S+)/g)].map(([, duration, uri]) => {
    const segment = { url: new URL(uri!, playlistUrl).href, start, seconds: Number(duration) };
    start += segment.seconds;
    return segment;
  });
}
