import { LRUCache } from "lru-cache";
import type { Log } from "../shared/log.ts";
import type { OriginalRendition } from "../shared/media/original.ts";
import type { SoundRendition, Title, VideoRendition } from "../shared/media/title.ts";
import type { AudioQuality, ClientSession, VideoQuality } from "./client-session.ts";
import { AudioQualityEnum, TranscodeType, type VideoQualityEnum } from "./enums.ts";
import { Listeners } from "./listeners.ts";
import { qualityOf, trackIndex } from "./qualities.ts";

/** Clients that are remembered at a time. */
const MOST_CLIENTS = 10_000;

type Played = VideoRendition | SoundRendition | OriginalRendition;

interface Playing {
  readonly path: string;
  readonly video?: VideoRendition | OriginalRendition;
  readonly sound?: SoundRendition;
}

/** What each client was last seen to play; listeners are told whenever that changes. */
export class Sessions {
  readonly #playing: LRUCache<string, Playing>;
  readonly #listeners = new Listeners<ClientSession>();
  readonly #log: Log;

  /** @param forgetMs how long a client that asks for nothing is remembered. */
  constructor(forgetMs: number, log: Log) {
    this.#log = log;
    this.#playing = new LRUCache({ max: MOST_CLIENTS, ttl: Math.max(1, forgetMs), updateAgeOnGet: true });
  }

  listen(listener: (session: ClientSession) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Notes what a client asked for. */
  note(clientId: string, filePath: string, title: Title, rendition: Played): void {
    const known = this.#playing.get(clientId);
    const before: Playing = known?.path === filePath ? known : { path: filePath };
    const now: Playing =
      rendition.kind === "audio" ? { ...before, sound: rendition } : { ...before, video: rendition };
    if (before === known && before.sound?.id === now.sound?.id && before.video?.id === now.video?.id) return;
    this.#playing.set(clientId, now);
    const session = describe(clientId, title, now);
    if (session) this.#listeners.tell(session, this.#log);
  }
}

/** Undefined while it is not known what of a film's picture is played. */
function describe(
  clientId: string,
  title: Title,
  { path, video, sound }: Playing,
): ClientSession | undefined {
  if (!video && title.video.length > 0) return undefined;
  const heard = sound ?? title.audio[0];
  const copies = [video?.kind === "original", heard?.audio.codec !== "aac"].filter(Boolean).length;
  const statuses = [TranscodeType.TRANSCODING, TranscodeType.DIRECT_STREAM, TranscodeType.DIRECT_PLAY];
  return {
    filePath: path,
    clientId,
    audioIndex: heard ? trackIndex(heard) : 0,
    videoIndex: 0,
    status: statuses[copies]!,
    audioProfile: audioProfile(heard),
    videoProfile: videoProfile(title, video),
  };
}

function videoProfile(
  { source }: Title,
  video: VideoRendition | OriginalRendition | undefined,
): VideoQuality {
  if (!video) return { value: "original", averageBitrate: 0, maxBitrate: 0, height: 0 };
  const rates = video.kind === "original" ? video : video.rung;
  return {
    value: qualityOf(video) as VideoQualityEnum,
    averageBitrate: rates.averageBitrate,
    maxBitrate: rates.peakBitrate,
    height: video.kind === "original" ? source.video!.height : video.rung.height,
  };
}

function audioProfile(sound: SoundRendition | undefined): AudioQuality {
  if (!sound) return { value: AudioQualityEnum.ORIGINAL, averageBitrate: 0, maxBitrate: 0 };
  const { averageBitrate, peakBitrate } = sound.audio;
  return { value: qualityOf(sound) as AudioQualityEnum, averageBitrate, maxBitrate: peakBitrate };
}
