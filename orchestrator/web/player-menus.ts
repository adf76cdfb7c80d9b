import type Hls from "hls.js";
import { bindAudioMenu } from "./audio-menu.ts";
import { ChoiceMenu } from "./choice-menu.ts";
import { byId } from "./dom.ts";
import { bindQualityMenu } from "./quality-menu.ts";
import { bindSpeedMenu } from "./speed-menu.ts";
import { bindSubtitleMenu, type SubtitleMenu } from "./subtitle-menu.ts";

/** The menus of the player's settings. */
export class PlayerMenus {
  readonly #video: HTMLVideoElement;
  readonly #quality = new ChoiceMenu("quality");
  readonly #audio = new ChoiceMenu("audio");
  readonly #subtitles = new ChoiceMenu("subtitles");
  readonly #captions = byId("captions", HTMLElement);
  #subtitleMenu: SubtitleMenu | undefined;

  constructor(video: HTMLVideoElement) {
    this.#video = video;
    bindSpeedMenu(video, new ChoiceMenu("speed"));
    this.#captions.addEventListener("click", () => this.toggleSubtitles());
    // A submenu lies where the settings begin, which may be scrolled out of sight.
    const settings = byId("settings", HTMLElement);
    const scrollUp = (): void => settings.scrollTo({ top: 0 });
    settings.addEventListener("toggle", scrollUp, { capture: true });
  }

  /** Before the playlist is there. A browser that plays by itself chooses by itself. */
  bind(hls: Hls | undefined): void {
    for (const menu of [this.#quality, this.#audio, this.#subtitles]) menu.clear();
    this.#subtitleMenu = undefined;
    this.#captions.hidden = true;
    if (!hls) return;
    bindQualityMenu(hls, this.#video, this.#quality);
    bindAudioMenu(hls, this.#video, this.#audio);
    this.#subtitleMenu = bindSubtitleMenu(hls, this.#video, this.#subtitles, this.#captions);
  }

  /** @returns whether there was something to switch. */
  toggleSubtitles(): boolean {
    this.#subtitleMenu?.toggle();
    return this.#subtitleMenu !== undefined;
  }
}
