import type { Log } from "../shared/log.ts";
import type { OriginalRendition } from "../shared/media/original.ts";
import type { Title } from "../shared/media/title.ts";
import { describeMedia } from "./describe-media.ts";
import type { DatabaseConnector, MediaMetadata } from "./media-metadata.ts";

/** Tells a program's database of the films that are opened. Nothing that is served depends on what it answers. */
export class MetadataKeeper {
  readonly #database: DatabaseConnector | undefined;
  readonly #log: Log;

  constructor(database: DatabaseConnector | undefined, log: Log) {
    this.#database = database;
    this.#log = log;
  }

  /** What the database has of a film, saved there before where it had nothing; undefined without one. */
  async note(title: Title, original: OriginalRendition | undefined): Promise<MediaMetadata | undefined> {
    if (!this.#database) return undefined;
    const { exists, fileId } = await this.#database.metadataExists(title.source.fingerprint);
    if (exists) return this.#database.getMetadata(fileId);
    return this.#database.saveMetadata(fileId, describeMedia(title, original, new Date()));
  }

  /** The same while the film begins already. */
  noteLater(title: Title, findOriginal: () => Promise<OriginalRendition | undefined>): void {
    if (!this.#database) return;
    const work = findOriginal().then((original) => this.note(title, original));
    work.catch((error: unknown) => {
      this.#log.warn({ title: title.source.path, error: String(error) }, "metadata not saved");
    });
  }
}
