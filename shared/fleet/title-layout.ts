import type { OriginalRendition } from "../media/original.ts";
import { borderTime, segmentCount, type Timeline } from "../media/timeline.ts";
import type { Rendition, Title } from "../media/title.ts";
import { toNumber } from "../rational.ts";
import type { RenditionMap } from "./fleet-view.ts";

export interface RenditionLayout extends Omit<RenditionMap, "runs"> {
  readonly count: number;
}

/** What of a title's segment map follows from its plan. */
export interface TitleLayout {
  readonly path: string;
  readonly titleKey: string;
  /** Seconds. */
  readonly timelines: readonly (readonly number[])[];
  /** From the largest picture down, then what else there is. */
  readonly renditions: readonly RenditionLayout[];
}

/** @param original the picture as it is in the file, where it can be had. */
export function layOutTitle(title: Title, original: OriginalRendition | undefined): TitleLayout {
  const timelines: string[] = [];
  const place = (timeline: Timeline) => {
    const text = JSON.stringify(timeline.borders.map((_, k) => seconds(timeline, k)));
    if (!timelines.includes(text)) timelines.push(text);
    return timelines.indexOf(text);
  };
  const all = [
    ...(original ? [original] : []),
    ...title.video.toReversed(),
    ...title.audio,
    ...title.iframes,
  ];
  const renditions = all.map((rendition) => ({
    ...{ id: rendition.id, kind: rendition.kind, label: nameRendition(rendition) },
    ...{ timeline: place(rendition.timeline), count: segmentCount(rendition.timeline) },
  }));
  return {
    ...{ path: title.source.path, titleKey: title.key, renditions },
    timelines: timelines.map((text) => JSON.parse(text) as number[]),
  };
}

function seconds(timeline: Timeline, border: number): number {
  return Math.round(toNumber(borderTime(timeline, border)) * 1000) / 1000;
}

function nameRendition(rendition: Rendition | OriginalRendition): string {
  switch (rendition.kind) {
    case "original":
      return "Original";
    case "video":
      return rendition.rung.name;
    case "iframe":
      return `${rendition.rung.name} I-frames`;
    case "audio": {
      const { track, codec, channels } = rendition.audio;
      const sound = channels > 2 ? `${codec.toUpperCase()} ${channels} ch` : codec.toUpperCase();
      return [track.language, sound].filter(Boolean).join(" ");
    }
  }
}
