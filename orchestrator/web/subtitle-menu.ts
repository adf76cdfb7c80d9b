import Hls, { type MediaPlaylist } from "hls.js";
import type { ChoiceMenu } from "./choice-menu.ts";
import { nameTrack } from "./name-track.ts";
import { readRemembered, remember } from "./remembered.ts";

/** The name under which the language of subtitles is remembered, or that there should be none. */
const SUBTITLE_LANGUAGE = "subtitle-language";
const OFF = "off";

export type SubtitleMenu = {
  /** On in the language that was last chosen, or off. */
  readonly toggle: () => void;
};

/**
 * Off and every track of subtitles. Forced ones (what is said in a foreign language) are not among them: they
 * are shown where subtitles are off and speak the language of the sound. Goes with its Hls instance.
 */
export function bindSubtitleMenu(
  hls: Hls,
  video: HTMLVideoElement,
  menu: ChoiceMenu,
  button: HTMLElement,
): SubtitleMenu {
  let begun = false;
  const tracks = (): readonly MediaPlaylist[] => hls.subtitleTracks;
  const isOffered = (index: number): boolean => tracks()[index]?.forced === false;

  const show = (): void => {
    const offered = tracks().flatMap((track, index) =>
      track.forced ? [] : [{ value: String(index), label: nameTrack(track) }],
    );
    const shown = isOffered(hls.subtitleTrack) ? String(hls.subtitleTrack) : OFF;
    menu.show(offered.length === 0 ? [] : [{ value: OFF, label: "Off" }, ...offered], shown);
    button.hidden = offered.length === 0;
    button.setAttribute("aria-pressed", String(shown !== OFF));
    video.dataset.subtitle = tracks()[hls.subtitleTrack]?.name ?? "";
  };
  const switchTo = (index: number): void => {
    hls.subtitleTrack = index === -1 ? findForced(hls) : index;
    show();
  };
  const choose = (index: number): void => {
    switchTo(index);
    remember(SUBTITLE_LANGUAGE, index === -1 ? OFF : (tracks()[index]?.lang ?? ""));
  };
  const inLanguage = (language: string | undefined): number =>
    tracks().findIndex((track) => !track.forced && track.lang === language);

  menu.onChoose = (value) => choose(value === OFF ? -1 : Number(value));
  const begin = (): void => {
    const wanted = readRemembered(SUBTITLE_LANGUAGE);
    const found = wanted === undefined || wanted === OFF ? -1 : inLanguage(wanted);
    // Who has never chosen gets what the film says.
    if (found !== -1 || wanted === OFF || hls.subtitleTrack === -1) switchTo(found);
  };
  hls.on(Hls.Events.SUBTITLE_TRACKS_UPDATED, () => {
    show();
    if (begun || tracks().length === 0) return;
    begun = true;
    // hls.js makes a choice of its own right after this event.
    queueMicrotask(begin);
  });
  hls.on(Hls.Events.SUBTITLE_TRACK_SWITCH, show);
  hls.on(Hls.Events.AUDIO_TRACK_SWITCHED, () => {
    if (!isOffered(hls.subtitleTrack)) switchTo(-1);
  });

  let last = -1;
  return {
    toggle: () => {
      if (isOffered(hls.subtitleTrack)) {
        last = hls.subtitleTrack;
        choose(-1);
        return;
      }
      const first = tracks().findIndex((track) => !track.forced);
      const usual = inLanguage(readRemembered(SUBTITLE_LANGUAGE));
      choose([last, usual, first].find(isOffered) ?? -1);
    },
  };
}

/** The forced track in the language of the sound; -1 when there is none. */
function findForced(hls: Hls): number {
  const language = hls.audioTracks[hls.audioTrack]?.lang;
  return hls.subtitleTracks.findIndex((track) => track.forced && track.lang === language);
}
