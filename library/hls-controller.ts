import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { displaySize } from "../shared/media/ladder.ts";
import { INIT_SEGMENT, mediaSegmentName } from "../shared/media/segment-name.ts";
import type { Title } from "../shared/media/title.ts";
import { WHOLE_SUBTITLES } from "../shared/playlist/subtitle-playlist.ts";
import type { ClientSession } from "./client-session.ts";
import { ControllerError, notOffered, toControllerError } from "./controller-error.ts";
import type { HLSManagerOptions, StreamConfig } from "./controller-options.ts";
import { ControllerRuntime } from "./controller-runtime.ts";
import { describeSubtitles, subtitleId } from "./describe-media.ts";
import { type StreamType, VideoQualityEnum } from "./enums.ts";
import type { Asker, Films, StreamName } from "./films.ts";
import { INIT_SEGMENT_NUMBER } from "./init-segment-number.ts";
import type { SubtitleInfo } from "./media-metadata.ts";
import { MetadataKeeper } from "./metadata-keeper.ts";
import { findRung, offeredGroups, offeredRungs, requireFirst } from "./qualities.ts";
import { formatIndex, formatMaster, type SegmentExtension } from "./routed-playlists.ts";
import { Sessions } from "./sessions.ts";
import type { StreamMetricsEventHandler } from "./stream-metrics.ts";
import { StreamTallies } from "./stream-tallies.ts";

/** A segment as a stream that has to be read or destroyed. */
export interface SegmentStream {
  stream: Readable;
  /** Bytes. */
  size: number;
  /** `video/mp4` or `audio/mp4`. */
  contentType: string;
}

export interface AskOptions {
  /** Fires when whoever asked has gone: what nobody else waits for is not made then. */
  signal?: AbortSignal | undefined;
}

/**
 * Films as adaptive HLS in a program of one's own: playlists, and segments that are made when they are asked for.
 * Without Redis everything is in this process; with it, all controllers with one cache directory are a fleet.
 *
 * What can't be had is a `ControllerError`, and options that make no sense are a `ConfigError`.
 */
export class HLSController {
  /** As given. */
  readonly streamConfig: Partial<StreamConfig>;
  readonly #runtime: ControllerRuntime;
  readonly #sessions: Sessions;
  readonly #tallies: StreamTallies;
  readonly #metadata: MetadataKeeper;
  readonly #segmentExtension: SegmentExtension;

  /** Opens nothing yet. */
  constructor(options: HLSManagerOptions) {
    this.#runtime = new ControllerRuntime(options);
    const { disposeMs, metricsMs, log } = this.#runtime;
    this.streamConfig = options.config ?? {};
    this.#segmentExtension = options.segmentExtension ?? "ts";
    this.#sessions = new Sessions(disposeMs, log);
    this.#tallies = new StreamTallies({ everyMs: metricsMs, forgetMs: disposeMs, log });
    this.#metadata = new MetadataKeeper(options.database, log);
  }

  /** Looks for FFmpeg, opens the cache directory and begins to take work. Without it, the first question does. */
  async initialize(): Promise<void> {
    await this.#runtime.films();
  }

  /** The multivariant playlist; its URIs are `<video or audio>/<index>/<quality>/playlist.m3u8`. */
  getMasterPlaylist(filePath: string, clientId: string, options?: AskOptions): Promise<string> {
    return this.#answer({ filePath, client: clientId }, options, async (films, asker) => {
      const title = await films.open(filePath, asker);
      this.#metadata.noteLater(title, () => films.knownOriginal(title, asker));
      const { offered, wantsOriginalAlone } = this.#runtime;
      const original = wantsOriginalAlone && title.source.video && (await films.originalIfAny(title, asker));
      return formatMaster({
        title,
        video: offeredRungs(title, offered),
        groups: offeredGroups(title, offered),
        original: original || undefined,
      });
    });
  }

  /** A stream's media playlist; its URIs are `segment-<number>.ts`, or as `segmentExtension` says. */
  getIndexPlaylist(
    filePath: string,
    clientId: string,
    type: StreamType,
    quality: string,
    streamIndex: number,
    options?: AskOptions,
  ): Promise<string> {
    return this.#answer({ filePath, client: clientId }, options, async (films, asker) => {
      const title = await films.open(filePath, asker);
      const rendition = await films.find(title, { type, quality, streamIndex }, asker);
      this.#sessions.note(clientId, filePath, title, rendition);
      return formatIndex(title, rendition, this.#segmentExtension);
    });
  }

  /** A segment, made where it isn't there yet. @param segmentNumber from 0, or `INIT_SEGMENT_NUMBER`. */
  getSegmentStream(
    filePath: string,
    clientId: string,
    type: StreamType,
    quality: string,
    streamIndex: number,
    segmentNumber: number,
    options?: AskOptions,
  ): Promise<SegmentStream> {
    return this.#answer({ filePath, client: clientId }, options, async (films, asker) => {
      const stream = { type, quality, streamIndex };
      const segment = (title: Title) => this.#segment(films, title, filePath, stream, segmentNumber, asker);
      const title = await films.openedLast(filePath, asker);
      return segment(title).catch(async (error: unknown) => {
        if (!(error instanceof ControllerError && error.code === "source-changed")) throw error;
        return segment(await films.open(filePath, asker));
      });
    });
  }

  /** A JPEG of the frame at `time` seconds, about as wide as the quality is. */
  generateScreenshot(
    filePath: string,
    quality: string,
    streamIndex: number,
    time: number,
    options?: AskOptions,
  ): Promise<Readable> {
    return this.#answer({ filePath, client: "" }, options, async (films, asker) => {
      const title = await films.open(filePath, asker);
      const width = this.#widthOf(title, quality, streamIndex);
      const name = `screenshot?at=${time.toFixed(3)}&width=${width}&format=jpg`;
      return toReadable(await films.ask(title, name, asker));
    });
  }

  /** Subtitles as WebVTT. @param streamIndex as in `getConvertibleSubtitles`. */
  getVTTSubtitle(filePath: string, streamIndex: number, options?: AskOptions): Promise<string> {
    return this.#answer({ filePath, client: "" }, options, async (films, asker) => {
      return (await this.#subtitles(films, filePath, streamIndex, asker)).text();
    });
  }

  getVTTSubtitleStream(filePath: string, streamIndex: number, options?: AskOptions): Promise<Readable> {
    return this.#answer({ filePath, client: "" }, options, async (films, asker) => {
      return toReadable(await this.#subtitles(films, filePath, streamIndex, asker));
    });
  }

  /** Subtitles that are text: those of the file, and files beside it. */
  getConvertibleSubtitles(filePath: string): Promise<SubtitleInfo[]> {
    return this.#answer({ filePath, client: "" }, undefined, async (films, asker) => {
      const title = await films.open(filePath, asker);
      const kept = await this.#metadata.note(title, await films.knownOriginal(title, asker));
      return (kept?.subtitles ?? describeSubtitles(title)).filter(({ extension }) => extension !== null);
    });
  }

  /** Looks into a file ahead of its first viewer, and tells the database of it. */
  createMetadata(filePath: string): Promise<void> {
    return this.#answer({ filePath, client: "" }, undefined, async (films, asker) => {
      const title = await films.open(filePath, asker);
      await this.#metadata.note(title, await films.knownOriginal(title, asker));
    });
  }

  /** @returns what ends it. */
  onSessionChange(callback: (session: ClientSession) => void): () => void {
    return this.#sessions.listen(callback);
  }

  /** @returns what ends it. */
  onStreamMetrics(callback: StreamMetricsEventHandler): () => void {
    return this.#tallies.listen(callback);
  }

  /** Ends what is under way and frees everything; settles once it is free. */
  async dispose(): Promise<void> {
    this.#tallies.close();
    await this.#runtime.stop();
  }

  async #segment(
    films: Films,
    title: Title,
    filePath: string,
    stream: StreamName,
    number: number,
    asker: Asker,
  ): Promise<SegmentStream> {
    if (!Number.isInteger(number) || number < 0) throw notOffered(`There is no segment number ${number}.`);
    const rendition = await films.find(title, stream, asker);
    this.#sessions.note(asker.client, filePath, title, rendition);
    const isInit = number === INIT_SEGMENT_NUMBER;
    const name = `${title.key}/${rendition.id}/${isInit ? INIT_SEGMENT : mediaSegmentName(number)}`;
    const ask = () => films.ask(title, name, asker);
    const response = isInit ? await ask() : await this.#tallies.of(title, rendition).count(number, ask);
    return {
      stream: toReadable(response),
      size: Number(response.headers.get("content-length")),
      contentType: response.headers.get("content-type")!,
    };
  }

  async #subtitles(films: Films, filePath: string, index: number, asker: Asker): Promise<Response> {
    const title = await films.open(filePath, asker);
    const id = subtitleId(title, index);
    if (!id) throw notOffered(`“${filePath}” has no subtitles ${index} that are text.`);
    return films.ask(title, `${title.key}/${id}/${WHOLE_SUBTITLES}`, asker);
  }

  #widthOf(title: Title, quality: string, index: number): number {
    const { video } = title.source;
    if (quality !== VideoQualityEnum.ORIGINAL || !video)
      return findRung(title, this.#runtime.offered, quality, index).rung.width;
    requireFirst(title, index);
    return displaySize(video).width;
  }

  async #answer<T>(
    { filePath, client }: { readonly filePath: string; readonly client: string },
    { signal = new AbortController().signal }: AskOptions = {},
    answer: (films: Films, asker: Asker) => Promise<T>,
  ): Promise<T> {
    try {
      return await answer(await this.#runtime.films(), { client, signal });
    } catch (error) {
      throw toControllerError(error, filePath);
    }
  }
}

function toReadable(response: Response): Readable {
  return Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
}
