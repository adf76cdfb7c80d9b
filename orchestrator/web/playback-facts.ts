import type Hls from "hls.js";
import { byId, element } from "./dom.ts";
import { formatBitrate } from "./format.ts";
import { nameLevel } from "./name-level.ts";

const REFRESH_MS = 500;

/** What plays at this moment, over the picture, while the viewer wants to know. */
export class PlaybackFacts {
  readonly #panel = byId("facts", HTMLElement);
  readonly #video: HTMLVideoElement;
  #hls: Hls | undefined;
  #timer: number | undefined;

  constructor(video: HTMLVideoElement) {
    this.#video = video;
  }

  get isShown(): boolean {
    return !this.#panel.hidden;
  }

  /** Tells of another playback; of none when there is none. */
  follow(hls: Hls | undefined): void {
    this.#hls = hls;
    if (this.isShown) this.show(hls !== undefined);
  }

  show(isShown: boolean): void {
    self.clearInterval(this.#timer);
    this.#panel.hidden = !isShown;
    if (!isShown) return;
    this.#refresh();
    this.#timer = self.setInterval(() => this.#refresh(), REFRESH_MS);
  }

  #refresh(): void {
    const rows = Object.entries(readFacts(this.#video, this.#hls)).map(([name, value]) =>
      element("div", "", element("dt", "", name), element("dd", "", value)),
    );
    this.#panel.replaceChildren(element("dl", "", ...rows));
  }
}

function readFacts(video: HTMLVideoElement, hls: Hls | undefined): Readonly<Record<string, string>> {
  const level = hls?.levels[hls.currentLevel];
  const { droppedVideoFrames: dropped, totalVideoFrames: frames } = video.getVideoPlaybackQuality();
  return {
    ...(level && { Rung: `${nameLevel(level)}${hls?.autoLevelEnabled ? " (auto)" : ""}` }),
    ...(video.videoWidth > 0 && { Picture: `${video.videoWidth} × ${video.videoHeight}` }),
    ...(level && { Codecs: [level.videoCodec, level.audioCodec].filter(Boolean).join(", ") || "unknown" }),
    ...(level && { Bitrate: formatBitrate(level.bitrate) }),
    Buffer: `${bufferedAhead(video).toFixed(1)} s`,
    ...(hls && { Network: formatBitrate(hls.bandwidthEstimate) }),
    ...(frames > 0 && { Dropped: `${dropped} of ${frames} frames` }),
  };
}

/** Seconds that play on without another segment. */
function bufferedAhead({ buffered, currentTime }: HTMLVideoElement): number {
  for (let k = 0; k < buffered.length; k++) {
    if (buffered.start(k) <= currentTime && currentTime <= buffered.end(k))
      return buffered.end(k) - currentTime;
  }
  return 0;
}
