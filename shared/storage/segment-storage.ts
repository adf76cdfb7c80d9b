/**
 * The port to what is shared and kept: immutable objects under `/`-separated names. Storage is the truth:
 * an object that is there is whole and right, and nothing else says whether it is. This is the reader's
 * side, all that an orchestrator needs.
 */
export interface SegmentReader {
  /** The object of that name; undefined when there is none. */
  find(name: string, signal?: AbortSignal): Promise<StoredObject | undefined>;
}

/** Storage whose folders can be listed, which one behind HTTP can't be. */
export interface SegmentListing {
  /** Names in a folder as they are now; none where there is no folder. Nothing is opened, or stamped as used. */
  list(folder: string, signal?: AbortSignal): Promise<ReadonlySet<string>>;
}

/** Both sides of the port: workers make what is read. */
export interface SegmentStorage extends SegmentReader {
  /**
   * Puts a whole object under a name that never changes hands: where one is there already, it stays and
   * this one is dropped.
   */
  publish(name: string, bytes: Uint8Array, signal?: AbortSignal): Promise<"published" | "exists">;
}

export interface StoredObject {
  /** Bytes. */
  readonly size: number;
  /**
   * The bytes [start, end), or all of them. The stream owns the handle and frees it when it ends.
   * @throws ObjectGoneError where it was removed since it was found.
   */
  body(range?: ByteRange): Promise<ReadableStream<Uint8Array>>;
}

/** The object was there a moment ago: whoever still wants it looks for it again. */
export class ObjectGoneError extends Error {
  override readonly name = "ObjectGoneError";
}

/** Half open: `end` is not part of it. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** All of an object, for the small ones. */
export async function readAll(object: StoredObject): Promise<Uint8Array> {
  return new Uint8Array(await new Response(await object.body()).arrayBuffer());
}
