import type { Title } from "./api.ts";
import { bindAudioMenu } from "./audio-menu.ts";
import { button, byId } from "./dom.ts";
import { renderProblem } from "./notice.ts";
import { type Playback, startPlayback } from "./playback.ts";
import { isEncoderFailure } from "./playback-problem.ts";
import type { Problem } from "./problem.ts";
import { bindQualityMenu } from "./quality-menu.ts";

type PlayerState = "idle" | "loading" | "playing" | "paused" | "failed";

/** Waits shorter than this are not worth words. */
const QUIET_MS = 1500;

/** The player of the page: one title at a time. */
export class Player {
  readonly #video = byId("video", HTMLVideoElement);
  readonly #failure = byId("failure", HTMLDivElement);
  readonly #progress = byId("progress", HTMLParagraphElement);
  #playback: Playback | null = null;
  #words: number | undefined;
  /** The film's encoder failed in the middle of it, and its playlist was loaded anew. */
  #isReplanned = false;

  constructor() {
    const video = this.#video;
    const follow = (state: PlayerState) => () => {
      if (this.#playback !== null) this.#setState(state);
    };
    video.addEventListener("playing", follow("playing"));
    video.addEventListener("pause", follow("paused"));
    video.addEventListener("ended", follow("paused"));
    video.addEventListener("waiting", follow("loading"));
    video.addEventListener("canplay", () => {
      if (video.paused) follow("paused")();
    });
  }

  open(title: Title): void {
    this.close();
    this.#isReplanned = false;
    byId("watch-heading", HTMLHeadingElement).textContent = title.name;
    byId("watch-path", HTMLParagraphElement).textContent = title.path;
    this.#start(title, 0);
  }

  close(): void {
    this.#playback?.close();
    this.#playback = null;
    this.#failure.hidden = true;
    this.#failure.replaceChildren();
    this.#setState("idle");
  }

  #start(title: Title, startAt: number): void {
    const video = this.#video;
    for (const menu of ["quality-menu", "audio-menu"]) byId(menu, HTMLLabelElement).hidden = true;
    this.#playback = startPlayback(video, title.hls, startAt, {
      onFailed: (problem, at) => this.#fail(title, problem, at),
      onLate: () => this.#say("The server is still encoding this part. Asking again…"),
    });
    const { hls } = this.#playback;
    if (hls) {
      bindQualityMenu(hls, video);
      bindAudioMenu(hls, video);
    }
    this.#setState("loading");
  }

  #fail(title: Title, problem: Problem, resumeAt: number): void {
    this.#playback = null;
    if (isEncoderFailure(problem) && !this.#isReplanned) {
      this.#isReplanned = true;
      this.#start(title, resumeAt);
      return;
    }
    if (document.fullscreenElement === this.#video) void document.exitFullscreen();
    const again = button("Try again", () => {
      this.close();
      this.#start(title, resumeAt);
      this.#video.focus();
    });
    this.#failure.replaceChildren(renderProblem(problem, again));
    this.#failure.hidden = false;
    this.#setState("failed");
  }

  #setState(state: PlayerState): void {
    const { dataset } = this.#video;
    dataset.state = state;
    if (state === "idle") {
      delete dataset.level;
      delete dataset.kind;
      delete dataset.audio;
    }
    self.clearTimeout(this.#words);
    this.#say("");
    if (state === "loading") {
      this.#words = self.setTimeout(() => this.#say("Encoding this part of the film…"), QUIET_MS);
    }
  }

  #say(words: string): void {
    this.#progress.textContent = words;
  }
}
