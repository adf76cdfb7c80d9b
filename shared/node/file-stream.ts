import type { FileHandle } from "node:fs/promises";
import type { ByteRange } from "../storage/segment-storage.ts";

/**
 * Given at a time. Node's own streams read 64 KiB and pass each piece through a stream more: twice the CPU for a
 * segment. Larger, a slow reader who takes some of a piece would look like one who takes nothing.
 */
const PIECE_BYTES = 256 * 1024;
/** Read at a time, and all that is held in memory for one reader: more for those who take a piece within `FAST_MS`. */
const LEAST_READ_BYTES = PIECE_BYTES;
const MOST_READ_BYTES = 1024 * 1024;
const FAST_MS = 20;

/** The bytes of an open file, which is closed once they are read, given up or can't be read. */
export function fileStream(handle: FileHandle, { start, end }: ByteRange): ReadableStream<Uint8Array> {
  let position = start;
  let unread = Buffer.alloc(0);
  let readBytes = LEAST_READ_BYTES / 2;
  let readAt = performance.now();
  const readOn = async () => {
    const tookMs = performance.now() - readAt;
    const isFast = tookMs < FAST_MS * Math.max(1, readBytes / PIECE_BYTES);
    readBytes = isFast ? Math.min(2 * readBytes, MOST_READ_BYTES) : LEAST_READ_BYTES;
    const bytes = Buffer.allocUnsafeSlow(Math.min(readBytes, end - position));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, position);
    if (bytesRead === 0 && position < end) throw new Error(`the file ends ${end - position} bytes early`);
    position += bytesRead;
    unread = bytes.subarray(0, bytesRead);
    readAt = performance.now();
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          if (unread.length === 0) await readOn();
          if (unread.length > 0) controller.enqueue(unread.subarray(0, PIECE_BYTES));
          unread = unread.subarray(PIECE_BYTES);
          if (position < end || unread.length > 0) return;
          await handle.close();
          controller.close();
        } catch (error) {
          await handle.close().catch(() => {
            // What went wrong first is what is told.
          });
          throw error;
        }
      },
      cancel: () => handle.close(),
    },
    { highWaterMark: 0 },
  );
}
