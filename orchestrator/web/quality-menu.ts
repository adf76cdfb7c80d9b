import Hls, { type Level } from "hls.js";
import { byId } from "./dom.ts";
import { formatBitrate, formatRung } from "./format.ts";

const AUTO = -1;

/** Auto and every rung; Auto names the rung that plays. Goes with its Hls instance. */
export function bindQualityMenu(hls: Hls, video: HTMLVideoElement): void {
  const menu = byId("quality-menu", HTMLLabelElement);
  const select = byId("quality", HTMLSelectElement);
  let playing = AUTO;

  const fill = (): void => {
    const options = hls.levels.map((level, index) => ({
      option: new Option(nameRung(level, index === playing), String(index)),
      isOriginal: isOriginal(level),
    }));
    // The original first, though it may need fewer bits than some rung, then the largest.
    const inOrder = options.reverse().sort((a, b) => Number(b.isOriginal) - Number(a.isOriginal));
    const now = hls.levels[playing];
    const auto = new Option(nameAuto(now), String(AUTO));
    select.replaceChildren(auto, ...inOrder.map(({ option }) => option));
    select.value = String(hls.manualLevel);
    menu.hidden = hls.levels.length < 2;
    video.dataset.kind = hls.levels.some(({ height }) => height > 0) ? "picture" : "sound";
  };
  // nextLevel keeps the picture: what is buffered plays on until the new rung's segment is there. (The
  // immediate switch, currentLevel, can leave hls.js waiting for ever when it comes right after the start.)
  select.onchange = () => {
    hls.nextLevel = Number(select.value);
  };
  hls.on(Hls.Events.MANIFEST_PARSED, fill);
  hls.on(Hls.Events.LEVELS_UPDATED, fill);
  hls.on(Hls.Events.LEVEL_SWITCHED, (_event, { level }) => {
    playing = level;
    const height = hls.levels[level]?.height;
    if (height) video.dataset.level = String(height);
    relabel(select, hls, playing);
  });
}

/** New words in the options that are there: replacing them would close a menu that is open. */
function relabel(select: HTMLSelectElement, hls: Hls, playing: number): void {
  select.value = String(hls.manualLevel); // hls.js goes back to Auto when the chosen rung fails
  for (const option of select.options) {
    const index = Number(option.value);
    const rung = hls.levels[index === AUTO ? playing : index];
    if (rung) option.text = index === AUTO ? nameAuto(rung) : nameRung(rung, index === playing);
  }
}

function nameRung(level: Level, playing: boolean): string {
  const name = `${isOriginal(level) ? "Original" : formatRung(level)} · ${formatBitrate(level.bitrate)}`;
  return playing ? `${name} · playing` : name;
}

function nameAuto(playing: Level | undefined): string {
  return playing ? `Auto (${isOriginal(playing) ? "original" : formatRung(playing)})` : "Auto";
}

/** The picture as it is in the file has a rendition of that id. */
function isOriginal({ uri }: Level): boolean {
  return uri.includes("/o0/");
}
