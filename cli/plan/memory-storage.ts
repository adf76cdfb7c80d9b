import type { ByteRange, SegmentStorage, StoredObject } from "../../shared/storage/segment-storage.ts";

/** Storage for as long as a command runs, for the few small objects that a probe leaves. */
export class MemoryStorage implements SegmentStorage {
  readonly #objects = new Map<string, Uint8Array<ArrayBuffer>>();

  async find(name: string): Promise<StoredObject | undefined> {
    const bytes = this.#objects.get(name);
    if (!bytes) return undefined;
    return {
      size: bytes.length,
      body: async (range?: ByteRange) => new Blob([bytes.subarray(range?.start, range?.end)]).stream(),
    };
  }

  async publish(name: string, bytes: Uint8Array): Promise<"published" | "exists"> {
    if (this.#objects.has(name)) return "exists";
    this.#objects.set(name, Uint8Array.from(bytes));
    return "published";
  }
}
