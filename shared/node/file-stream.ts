import type { FileHandle } from "node:fs/promises";
import type { ByteRange } from "../storage/segment-storage.ts";

/**
 * Read at a time, and all that is held in memory for a reader who takes it slowly. Node's own streams read 64 KiB
 * and pass each piece through a stream more: twice the CPU for a segment.
 */
const PIECE_BYTES = 256 * 1024;
/**
 * Whoever takes a piece within so many milliseconds gets one twice as large next, up to this: fewer reads. For a slow
 * reader that would be too much at a time to tell whether it takes anything (`CLIENT_STALL_MS`).
 */
const FAST_MS = 20;
const LARGEST_PIECE_BYTES = 1024 * 1024;

/** The bytes of an open file, which is closed once they are read, given up or can't be read. */
export function fileStream(handle: FileHandle, { start, end }: ByteRange): ReadableStream<Uint8Array> {
  let position = start;
  let pieceBytes = PIECE_BYTES / 2;
  let givenAt = performance.now();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const isFast = performance.now() - givenAt < FAST_MS;
          pieceBytes = isFast ? Math.min(2 * pieceBytes, LARGEST_PIECE_BYTES) : PIECE_BYTES;
          const piece = Buffer.allocUnsafeSlow(Math.min(pieceBytes, end - position));
          const { bytesRead } = await handle.read(piece, 0, piece.length, position);
          if (bytesRead === 0 && position < end)
            throw new Error(`the file ends ${end - position} bytes early`);
          position += bytesRead;
          if (bytesRead > 0) controller.enqueue(piece.subarray(0, bytesRead));
          givenAt = performance.now();
          if (position < end) return;
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
