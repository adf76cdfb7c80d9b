import Hls from "hls.js";
import type { ChoiceMenu } from "./choice-menu.ts";
import { describeLevel, isOriginal, nameLevel } from "./name-level.ts";

const AUTO = -1;

/** Auto and every rung; Auto names the rung that plays. Goes with its Hls instance. */
export function bindQualityMenu(hls: Hls, video: HTMLVideoElement, menu: ChoiceMenu): void {
  let playing = AUTO;

  const show = (): void => {
    const now = hls.levels[playing];
    const auto = { value: String(AUTO), label: now ? `Auto (${nameLevel(now)})` : "Auto" };
    const rungs = hls.levels.map((level, index) => ({
      value: String(index),
      label: describeLevel(level),
      short: nameLevel(level),
      isOriginal: isOriginal(level.uri),
    }));
    // The original first, though it may need fewer bits than some rung, then the largest.
    rungs.reverse().sort((a, b) => Number(b.isOriginal) - Number(a.isOriginal));
    // hls.js goes back to Auto when the chosen rung fails.
    menu.show(rungs.length < 2 ? [] : [auto, ...rungs], String(hls.manualLevel));
    video.dataset.kind = hls.levels.some(({ height }) => height > 0) ? "picture" : "sound";
  };
  // nextLevel keeps the picture: what is buffered plays on until the new rung's segment is there. (The
  // immediate switch, currentLevel, can leave hls.js waiting for ever when it comes right after the start.)
  menu.onChoose = (value) => {
    hls.nextLevel = Number(value);
  };
  hls.on(Hls.Events.MANIFEST_PARSED, show);
  hls.on(Hls.Events.LEVELS_UPDATED, show);
  hls.on(Hls.Events.LEVEL_SWITCHED, (_event, { level }) => {
    playing = level;
    const height = hls.levels[level]?.height;
    if (height) video.dataset.level = String(height);
    show();
  });
}
