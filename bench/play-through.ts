import type { BenchSource } from "./bench-source.ts";
import type { ToolTimes } from "./run-tool.ts";
import { mediaPlaylistUrl, readSegments, startSeamline } from "./seamline-process.ts";

/**
 * Times of a new server and its encoders, two at a time, while a viewer plays a rendition through as fast as it
 * comes: from the request for the master playlist to the last byte.
 * @param inFlight requests at a time.
 */
export async function playThrough(
  source: BenchSource,
  rendition: string,
  inFlight: number,
): Promise<ToolTimes> {
  const server = await startSeamline(source.folder, { env: { WORKER_CONCURRENCY: "2" } });
  try {
    const cpuBefore = await server.cpuSeconds();
    const begun = performance.now();
    const segments = await readSegments(await mediaPlaylistUrl(server, source.name, rendition));
    const urls = segments.map(({ url }) => url).values();
    const askInTurn = async () => {
      for (const url of urls) await fetchWhole(url);
    };
    await Promise.all(Array.from({ length: inFlight }, askInTurn));
    const wallMs = performance.now() - begun;
    return { wallMs, cpuSeconds: (await server.cpuSeconds()) - cpuBefore };
  } finally {
    await server.stop();
  }
}

/** The body of an answer, all of it; anything but success is an error. */
export async function fetchWhole(url: string): Promise<Buffer> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return Buffer.from(await answer.arrayBuffer());
}
