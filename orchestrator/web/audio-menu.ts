import Hls from "hls.js";
import { byId } from "./dom.ts";

/** The audio tracks, when there is a choice. Goes with its Hls instance. */
export function bindAudioMenu(hls: Hls, video: HTMLVideoElement): void {
  const menu = byId("audio-menu", HTMLLabelElement);
  const select = byId("audio", HTMLSelectElement);

  const mark = (): void => {
    // Before the first segment none is chosen yet; it will be the default one.
    const standard = Math.max(
      0,
      hls.audioTracks.findIndex((each) => each.default),
    );
    const current = hls.audioTrack === -1 ? standard : hls.audioTrack;
    select.value = String(current);
    const track = hls.audioTracks[current];
    if (track) video.dataset.audio = track.name;
  };
  const fill = (): void => {
    const tracks = hls.audioTracks.map((track, index) => new Option(nameTrack(track), String(index)));
    select.replaceChildren(...tracks);
    menu.hidden = tracks.length < 2;
    mark();
  };
  select.onchange = () => {
    hls.audioTrack = Number(select.value);
  };
  hls.on(Hls.Events.AUDIO_TRACKS_UPDATED, fill);
  hls.on(Hls.Events.AUDIO_TRACK_SWITCHED, mark);
}

function nameTrack(track: { readonly name: string; readonly lang?: string }): string {
  const language = track.lang === undefined ? undefined : nameLanguage(track.lang);
  if (language === undefined || track.name.toLowerCase().includes(language.toLowerCase())) return track.name;
  return track.name === track.lang || track.name === "" ? language : `${language} · ${track.name}`;
}

/** `German` for `de` or `deu`; nothing for a tag that is unknown or malformed. */
function nameLanguage(tag: string): string | undefined {
  try {
    return new Intl.DisplayNames(undefined, { type: "language", fallback: "none" }).of(tag);
  } catch {
    return undefined; // RangeError: no language tag at all
  }
}
