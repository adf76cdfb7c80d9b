import { open } from "node:fs/promises";

/** A source that is read here and there. */
export interface RangeFile {
  /** Bytes of all of it. */
  readonly size: number;
  /** The bytes [start, end), fewer where the file ends before. */
  read(start: number, end: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Opens what FFmpeg would open: `file:/absolute/path`, or an address of this worker's own. */
export async function openRangeFile(inputUrl: string): Promise<RangeFile> {
  return inputUrl.startsWith("file:") ? openFile(inputUrl.slice("file:".length)) : openUrl(inputUrl);
}

async function openFile(path: string): Promise<RangeFile> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    return {
      size,
      async read(start, end) {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - start), 0, end - start, start);
        return buffer.subarray(0, bytesRead);
      },
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openUrl(url: string): Promise<RangeFile> {
  const ask = async (start: number, end: number) => {
    const response = await fetch(url, { headers: { range: `bytes=${start}-${end - 1}` } });
    if (response.status !== 206) throw new Error(`The source was answered with ${response.status}.`);
    return response;
  };
  const first = await ask(0, 1);
  await first.arrayBuffer();
  const size = Number(/\/(\d+)$/.exec(first.headers.get("content-range") ?? "")?.[1] ?? Number.NaN);
  return {
    size,
    read: async (start, end) => new Uint8Array(await (await ask(start, Math.min(end, size))).arrayBuffer()),
    close: async () => {},
  };
}
