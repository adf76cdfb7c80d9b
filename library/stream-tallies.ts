import type { Log } from "../shared/log.ts";
import type { OriginalRendition } from "../shared/media/original.ts";
import type { SoundRendition, Title, VideoRendition } from "../shared/media/title.ts";
import { Listeners } from "./listeners.ts";
import type { StreamMetricsEvent, StreamMetricsEventHandler } from "./stream-metrics.ts";
import { StreamTally } from "./stream-tally.ts";

export interface TallyOptions {
  /** How often listeners are told of each stream, milliseconds. */
  readonly everyMs: number;
  /** How long a stream that nobody asks for is counted on, milliseconds. */
  readonly forgetMs: number;
  readonly log: Log;
}

/** Tallies of all streams that are asked for. A timer runs only while somebody listens and there is a stream. */
export class StreamTallies {
  readonly #options: TallyOptions;
  readonly #tallies = new Map<string, StreamTally>();
  readonly #listeners = new Listeners<StreamMetricsEvent>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: TallyOptions) {
    this.#options = options;
  }

  listen(listener: StreamMetricsEventHandler): () => void {
    const end = this.#listeners.add(listener);
    this.#keepTime();
    return () => {
      end();
      this.#keepTime();
    };
  }

  of(title: Title, rendition: VideoRendition | SoundRendition | OriginalRendition): StreamTally {
    const key = `${title.key}/${rendition.id}`;
    const tally = this.#tallies.get(key) ?? new StreamTally(title, rendition, Date.now);
    this.#tallies.set(key, tally);
    this.#forgetIdle();
    this.#keepTime();
    return tally;
  }

  close(): void {
    this.#isClosed = true;
    this.#tallies.clear();
    this.#keepTime();
  }

  #keepTime(): void {
    const isNeeded = !this.#isClosed && this.#listeners.size > 0 && this.#tallies.size > 0;
    if (isNeeded) this.#timer ??= setInterval(() => this.#report(), this.#options.everyMs);
    if (isNeeded || !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #report(): void {
    this.#forgetIdle();
    for (const tally of this.#tallies.values()) this.#listeners.tell(tally.describe(), this.#options.log);
    this.#keepTime();
  }

  #forgetIdle(): void {
    const since = Date.now() - this.#options.forgetMs;
    for (const [key, tally] of this.#tallies) if (tally.lastActivityAt < since) this.#tallies.delete(key);
  }
}
