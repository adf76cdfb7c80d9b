import type { MediaController } from "media-chrome";
import "./player-controls.ts";
import { fetchDescription, type Title } from "./api.ts";
import { showChapters } from "./chapter-list.ts";
import { button, byId } from "./dom.ts";
import { addFilmTracks } from "./film-tracks.ts";
import { renderProblem } from "./notice.ts";
import { type Playback, startPlayback } from "./playback.ts";
import { PlaybackFacts } from "./playback-facts.ts";
import { isEncoderFailure } from "./playback-problem.ts";
import { bindPlayerKeys } from "./player-keys.ts";
import { PlayerMenus } from "./player-menus.ts";
import { type Problem, ProblemError } from "./problem.ts";
import { Resume } from "./resume.ts";

type PlayerState = "idle" | "loading" | "playing" | "paused" | "failed";

/** Waits shorter than this are not worth words. */
const QUIET_MS = 1500;

/** The player of the page: one title at a time. */
export class Player {
  readonly #video = byId("video", HTMLVideoElement);
  readonly #controller = byId("controller", HTMLElement) as MediaController;
  readonly #failure = byId("failure", HTMLDivElement);
  readonly #progress = byId("progress", HTMLParagraphElement);
  readonly #menus = new PlayerMenus(this.#video);
  readonly #facts = new PlaybackFacts(this.#video);
  readonly #resume = new Resume(this.#video);
  #playback: Playback | null = null;
  #opened = new AbortController();
  #words: number | undefined;
  /** The film's encoder failed in the middle of it, and its playlist was loaded anew. */
  #isReplanned = false;

  constructor() {
    this.#followVideo();
    this.#bindControls();
  }

  open(title: Title): void {
    this.close();
    this.#isReplanned = false;
    byId("watch-heading", HTMLHeadingElement).textContent = title.name;
    byId("watch-path", HTMLParagraphElement).textContent = title.path;
    this.#start(title, this.#resume.open(title.path));
    this.#describe(title);
  }

  close(): void {
    this.#resume.close();
    this.#opened.abort();
    this.#playback?.close();
    this.#playback = null;
    this.#menus.bind(undefined);
    this.#facts.follow(undefined);
    this.#failure.hidden = true;
    this.#failure.replaceChildren();
    showChapters([], () => undefined);
    this.#setState("idle");
  }

  #start(title: Title, startAt: number): void {
    this.#playback = startPlayback(this.#video, title.hls, startAt, {
      onFailed: (problem, at) => this.#fail(title, problem, at),
      onLate: () => this.#say("The server is still encoding this part. Asking again…"),
    });
    this.#menus.bind(this.#playback.hls);
    this.#facts.follow(this.#playback.hls);
    this.#setState("loading");
  }

  /** Chapters and the seek bar's pictures, once the film plays: nothing comes before its first picture. */
  #describe(title: Title): void {
    this.#opened = new AbortController();
    const { signal } = this.#opened;
    const describe = async (): Promise<void> => {
      const description = await fetchDescription(title).catch((thrown: unknown) => {
        if (thrown instanceof ProblemError) return undefined; // the film plays without them
        throw thrown;
      });
      if (!description || signal.aborted) return;
      signal.addEventListener("abort", addFilmTracks(this.#video, description));
      showChapters(description.chapters, (seconds) => {
        this.#video.currentTime = seconds;
      });
    };
    this.#video.addEventListener("playing", () => void describe(), { once: true, signal });
  }

  #fail(title: Title, problem: Problem, resumeAt: number): void {
    this.#playback = null;
    if (isEncoderFailure(problem) && !this.#isReplanned) {
      this.#isReplanned = true;
      this.#start(title, resumeAt);
      return;
    }
    if (document.fullscreenElement === this.#controller) void document.exitFullscreen();
    const again = button("Try again", () => {
      this.#failure.hidden = true;
      this.#failure.replaceChildren();
      this.#start(title, resumeAt);
      this.#video.focus();
    });
    this.#failure.replaceChildren(renderProblem(problem, again));
    this.#failure.hidden = false;
    this.#setState("failed");
  }

  #followVideo(): void {
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

  #bindControls(): void {
    // Before the controls see it: they would switch on whichever track comes first.
    const onToggle = (event: Event): void => {
      if (this.#menus.toggleSubtitles()) event.stopImmediatePropagation();
    };
    this.#controller.addEventListener("mediatogglesubtitlesrequest", onToggle, { capture: true });
    const facts = byId("facts-choice", HTMLElement) as HTMLElement & { checked: boolean };
    const settings = byId("settings", HTMLElement);
    settings.addEventListener("change", ({ target }) => {
      if (target === settings) this.#facts.show(facts.checked);
    });
    bindPlayerKeys(this.#controller, () => this.#playback !== null, {
      i: () => {
        facts.checked = !this.#facts.isShown;
        this.#facts.show(facts.checked);
      },
    });
  }

  #setState(state: PlayerState): void {
    const { dataset } = this.#video;
    dataset.state = state;
    if (state === "idle") for (const fact of ["level", "kind", "audio", "subtitle"]) delete dataset[fact];
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
