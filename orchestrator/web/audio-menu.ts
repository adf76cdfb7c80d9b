import Hls from "hls.js";
import type { ChoiceMenu } from "./choice-menu.ts";
import { nameTrack } from "./name-track.ts";
import { remember } from "./remembered.ts";

/** The name under which the language of the sound is remembered. */
export const AUDIO_LANGUAGE = "audio-language";

/** The audio tracks, when there is a choice. Goes with its Hls instance. */
export function bindAudioMenu(hls: Hls, video: HTMLVideoElement, menu: ChoiceMenu): void {
  const current = (): number => {
    // Before the first segment none is chosen yet; it will be the default one.
    const standard = hls.audioTracks.findIndex((each) => each.default);
    return hls.audioTrack === -1 ? Math.max(0, standard) : hls.audioTrack;
  };
  const show = (): void => {
    const choices = hls.audioTracks.map((track, index) => ({
      value: String(index),
      label: nameTrack(track),
    }));
    menu.show(choices, String(current()));
    const track = hls.audioTracks[current()];
    if (track) video.dataset.audio = track.name;
  };
  menu.onChoose = (value) => {
    hls.audioTrack = Number(value);
    const language = hls.audioTracks[hls.audioTrack]?.lang;
    if (language !== undefined) remember(AUDIO_LANGUAGE, language);
  };
  hls.on(Hls.Events.AUDIO_TRACKS_UPDATED, show);
  hls.on(Hls.Events.AUDIO_TRACK_SWITCHED, show);
}
