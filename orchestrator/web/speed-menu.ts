import type { ChoiceMenu } from "./choice-menu.ts";
import { readRemembered, remember } from "./remembered.ts";

const SPEED = "speed";
const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

/** How fast the film plays. It stays as it was chosen for the next film. */
export function bindSpeedMenu(video: HTMLVideoElement, menu: ChoiceMenu): void {
  const show = (): void =>
    menu.show(
      SPEEDS.map((speed) => ({ value: String(speed), label: speed === 1 ? "Normal" : `${speed}×` })),
      String(video.playbackRate),
    );
  const set = (speed: number): void => {
    // A new source begins at the default.
    video.defaultPlaybackRate = video.playbackRate = speed;
  };
  menu.onChoose = (value) => set(Number(value));
  video.addEventListener("ratechange", () => {
    if (SPEEDS.includes(video.playbackRate)) remember(SPEED, String(video.playbackRate));
    show();
  });
  const remembered = Number(readRemembered(SPEED));
  if (SPEEDS.includes(remembered)) set(remembered);
  show();
}
