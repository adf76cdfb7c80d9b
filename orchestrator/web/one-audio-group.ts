import type Hls from "hls.js";

/**
 * Leaves hls.js the levels of the playlist's first group of sound, which is stereo. It takes every rung with every
 * group for a level of its own: each would stand in the menu several times, and adaptation would go from one group
 * to another, and with that from stereo to 5.1 and back, as the network pleases.
 */
export function keepFirstAudioGroup(hls: Hls): void {
  const group = hls.allAudioTracks[0]?.groupId;
  if (group === undefined) return;
  const first = hls.levels[hls.firstLevel];
  for (let index = hls.levels.length - 1; index >= 0; index--) {
    if (!hls.levels[index]!.hasAudioGroup(group)) hls.removeLevel(index);
  }
  const firstNow = first ? hls.levels.indexOf(first) : -1;
  if (firstNow >= 0) hls.firstLevel = firstNow;
}
