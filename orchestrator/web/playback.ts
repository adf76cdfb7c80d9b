import Hls from "hls.js";
import { allPicturesUrl, fetchText } from "./api.ts";
import { AUDIO_LANGUAGE } from "./audio-menu.ts";
import { hlsConfig } from "./hls-config.ts";
import { keepFirstAudioGroup } from "./one-audio-group.ts";
import { explainHlsError, explainMediaError, isReplanned } from "./playback-problem.ts";
import { type Problem, ProblemError } from "./problem.ts";
import { readRemembered } from "./remembered.ts";

/** What a playback reports. */
export type PlaybackEvents = {
  /** It can't go on from that second of the film; the playback is closed already. */
  readonly onFailed: (problem: Problem, at: number) => void;
  /** A part is late and will be asked for again. */
  readonly onLate: () => void;
};

/** One title in one video element, until it is closed. */
export type Playback = {
  /** Absent where the browser plays HLS by itself. */
  readonly hls?: Hls;
  readonly close: () => void;
};

/** @param startAt seconds into the film */
export function startPlayback(
  video: HTMLVideoElement,
  url: string,
  startAt: number,
  events: PlaybackEvents,
): Playback {
  return Hls.isSupported() ? startHls(video, url, startAt, events) : startNative(video, url, startAt, events);
}

function startHls(video: HTMLVideoElement, url: string, startAt: number, events: PlaybackEvents): Playback {
  const lang = readRemembered(AUDIO_LANGUAGE);
  const hls = new Hls({
    ...hlsConfig,
    startPosition: startAt > 0 ? startAt : -1,
    ...(lang !== undefined && { audioPreference: { lang } }),
  });
  let recovered = false;
  hls.on(Hls.Events.ERROR, (_event, data) => {
    if (!data.fatal && !isReplanned(data)) {
      const { FRAG_LOAD_ERROR, FRAG_LOAD_TIMEOUT } = Hls.ErrorDetails;
      if (data.details === FRAG_LOAD_ERROR || data.details === FRAG_LOAD_TIMEOUT) events.onLate();
      return;
    }
    // A decoder that stumbled often gets up again with a fresh media source; once is enough to know.
    if (data.type === Hls.ErrorTypes.MEDIA_ERROR && !recovered) {
      recovered = true;
      hls.recoverMediaError();
      return;
    }
    // Without its media the element is back at the start.
    const at = video.currentTime;
    hls.destroy();
    events.onFailed(explainHlsError(data), at);
  });
  // Not before: a title that can't be played then never opens a media source, to tear it down at once.
  hls.on(Hls.Events.MANIFEST_PARSED, () => {
    keepFirstAudioGroup(hls);
    hls.attachMedia(video);
    play(video);
  });
  // With it, changes of quality wait for a place where segments of both begin.
  hls.loadSource(allPicturesUrl(url));
  return { hls, close: () => hls.destroy() };
}

function startNative(
  video: HTMLVideoElement,
  url: string,
  startAt: number,
  events: PlaybackEvents,
): Playback {
  const ended = new AbortController();
  const { signal } = ended;
  const close = (): void => {
    ended.abort();
    video.removeAttribute("src");
    video.load();
  };
  const fail = (problem: Problem): void => {
    if (signal.aborted) return;
    const at = video.currentTime;
    close();
    events.onFailed(problem, at);
  };
  if (video.canPlayType("application/vnd.apple.mpegurl") === "") {
    queueMicrotask(() => fail(neither));
    return { close };
  }
  video.addEventListener("error", () => void explainNative(video.error, url).then(fail), { signal });
  video.addEventListener("loadedmetadata", () => seekTo(video, startAt), { signal });
  video.src = url;
  play(video);
  return { close };
}

const neither: Problem = {
  title: "This browser can't play streams",
  detail: "It has neither Media Source Extensions nor HLS of its own. Try a newer browser.",
  code: "no-media-source",
};

/** The media element hides the server's answer, so the playlist is asked for once more. */
async function explainNative(error: MediaError | null, url: string): Promise<Problem> {
  try {
    await fetchText(url);
  } catch (thrown) {
    if (thrown instanceof ProblemError) return thrown.problem;
    throw thrown;
  }
  return explainMediaError(error);
}

function play(video: HTMLVideoElement): void {
  // Refused after a reload, where nobody has touched the page yet: the viewer presses play.
  video.play().catch(() => undefined);
}

function seekTo(video: HTMLVideoElement, seconds: number): void {
  if (seconds > 0) video.currentTime = seconds;
}
