import type { Orchestrator } from "../orchestrator/app.ts";
import type { OriginalRendition } from "../shared/media/original.ts";
import type { SoundRendition, Title, VideoRendition } from "../shared/media/title.ts";
import { askOrchestrator } from "./ask-orchestrator.ts";
import { ControllerError, notOffered } from "./controller-error.ts";
import { StreamType, VideoQualityEnum } from "./enums.ts";
import { findRung, findSound, largestRung, type OfferedQualities, requireFirst } from "./qualities.ts";
import { titlePath } from "./title-path.ts";

/** Who asks. */
export interface Asker {
  readonly client: string;
  readonly signal: AbortSignal;
}

/** Which of a film's streams, in a program's own words. */
export interface StreamName {
  readonly type: StreamType;
  readonly quality: string;
  readonly streamIndex: number;
}

/** Films by the paths of their files. */
export class Films {
  readonly #orchestrator: Orchestrator;
  readonly #offered: OfferedQualities;

  constructor(orchestrator: Orchestrator, offered: OfferedQualities) {
    this.#orchestrator = orchestrator;
    this.#offered = offered;
  }

  /** The film as its file is now. */
  open(filePath: string, { signal }: Asker): Promise<Title> {
    return this.#orchestrator.catalog.open(titlePath(filePath), this.#orchestrator.desk, { signal });
  }

  /** The film as it was when somebody last opened it: for segments, which are asked for after a playlist. */
  async openedLast(filePath: string, asker: Asker): Promise<Title> {
    const { catalog, desk } = this.#orchestrator;
    const path = titlePath(filePath);
    const known = catalog.known(path);
    return known ? catalog.openKey(path, known.key, desk, asker) : this.open(filePath, asker);
  }

  async find(
    title: Title,
    { type, quality, streamIndex }: StreamName,
    asker: Asker,
  ): Promise<VideoRendition | SoundRendition | OriginalRendition> {
    if (type === StreamType.AUDIO) return findSound(title, this.#offered, quality, streamIndex);
    if (type !== StreamType.VIDEO)
      throw notOffered(`There is no stream type “${type}”: it is one of v and a.`);
    if (quality !== VideoQualityEnum.ORIGINAL) return findRung(title, this.#offered, quality, streamIndex);
    requireFirst(title, streamIndex);
    return this.#offersOriginal ? this.original(title, asker) : largestRung(title, this.#offered);
  }

  /** The picture as it is in the file. @throws ControllerError where it can't be had, with the reason. */
  async original(title: Title, asker: Asker): Promise<OriginalRendition> {
    const { catalog } = this.#orchestrator;
    // Whoever asks for its playlist has it looked into.
    if (!(await catalog.findOriginal(title, asker))) await this.ask(title, "original.m3u8", asker);
    const known = await catalog.findOriginal(title, asker);
    if (known?.kind === "original") return known;
    throw notOffered(`The original picture can't be had: ${known?.reason ?? "try again."}`);
  }

  /** The same as a try; undefined where it can't be had. */
  async originalIfAny(title: Title, asker: Asker): Promise<OriginalRendition | undefined> {
    return this.original(title, asker).catch((error: unknown) => {
      if (error instanceof ControllerError && error.status === 404) return undefined;
      throw error;
    });
  }

  /** What is known of it by now. */
  async knownOriginal(title: Title, asker: Asker): Promise<OriginalRendition | undefined> {
    const known = await this.#orchestrator.catalog.findOriginal(title, asker);
    return known?.kind === "original" ? known : undefined;
  }

  get #offersOriginal(): boolean {
    return this.#offered.video?.includes(VideoQualityEnum.ORIGINAL) ?? true;
  }

  ask({ source }: Title, name: string, asker: Asker): Promise<Response> {
    return askOrchestrator(this.#orchestrator, { path: source.path, name, ...asker });
  }
}
