/**
 * The port to small texts that change, beside the objects that never do: what somebody asked for, and how far it is.
 * The last one to write a name wins; a reader gets a whole text, never half of one.
 */
export interface RecordStore {
  /** Names of all records. */
  list(signal?: AbortSignal): Promise<readonly string[]>;
  /** Undefined where there is none. */
  read(name: string, signal?: AbortSignal): Promise<string | undefined>;
  /** @param name letters, digits, dots and dashes. */
  write(name: string, text: string): Promise<void>;
  /** Writes a record that isn't there yet. Of several who do so at once, one is told true: the one whose text is kept. */
  create(name: string, text: string): Promise<boolean>;
  remove(name: string): Promise<void>;
}
