import { ORIGINAL_ID } from "../../shared/media/original.ts";
import { beginTogether, copiedTimeline, type Timeline } from "../../shared/media/timeline.ts";
import type { Rendition, Title } from "../../shared/media/title.ts";

/** The picture as it is in the file, cut where the rungs are. */
export interface CopiedRendition {
  readonly kind: "original";
  readonly id: typeof ORIGINAL_ID;
  readonly timeline: Timeline;
}

export type PreparedRendition = Rendition | CopiedRendition;

/** All that the multivariant playlist names, the original where that is a variant beside the rungs. */
export function preparedRenditions(title: Title): readonly PreparedRendition[] {
  return [...title.video, ...copiedRenditions(title), ...title.audio, ...title.iframes];
}

function copiedRenditions({ copy, video: [rung] }: Title): readonly CopiedRendition[] {
  if (!copy || !rung || !beginTogether(copy, rung.timeline)) return [];
  return [{ kind: "original", id: ORIGINAL_ID, timeline: copiedTimeline(copy, rung.timeline) }];
}
