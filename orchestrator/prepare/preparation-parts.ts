import { initJob, type Job, segmentsJob } from "../../shared/job.ts";
import { INIT_SEGMENT, mediaSegmentName } from "../../shared/media/segment-name.ts";
import { borderTime, segmentCount, type Timeline } from "../../shared/media/timeline.ts";
import type { Rendition, Title } from "../../shared/media/title.ts";
import { toNumber } from "../../shared/rational.ts";
import { assetObject, titleObject } from "../../shared/storage/object-name.ts";
import { subtitleRenditions } from "../../shared/subtitles/subtitle-renditions.ts";
import { subtitlesAsset, subtitlesJob } from "../../shared/subtitles/subtitles-asset.ts";
import type { PreparationScope } from "./preparation-scope.ts";

/** One object that is to be in storage. */
export type PreparedPart =
  | {
      readonly kind: "segment";
      readonly rendition: Rendition;
      readonly index: number;
      /** Where it begins, seconds on the title's clock. */
      readonly seconds: number;
    }
  | { readonly kind: "subtitles"; readonly rendition: string }
  | { readonly kind: "init"; readonly rendition: Rendition };

/**
 * All that has to be in storage for a scope of a title to play without a job: segments in the order of the film, all
 * rungs of a moment together, since one decode makes them; then subtitles; and init segments last, which come with
 * the segments unless somebody removed them.
 */
export function preparationParts(title: Title, scope: PreparationScope): readonly PreparedPart[] {
  const renditions = [...title.audio, ...scope.rungs];
  const segments = renditions.flatMap((rendition) =>
    segmentsWithin(rendition.timeline, scope).map(
      ({ index, seconds }): PreparedPart & { kind: "segment" } => ({
        kind: "segment",
        ...{ rendition, index, seconds },
      }),
    ),
  );
  const withInit = new Set(segments.map(({ rendition }) => rendition));
  return [
    ...segments.sort((a, b) => a.seconds - b.seconds),
    ...subtitleRenditions(title.source).map(({ id }): PreparedPart => ({ kind: "subtitles", rendition: id })),
    ...[...withInit].map((rendition): PreparedPart => ({ kind: "init", rendition })),
  ];
}

function segmentsWithin(timeline: Timeline, { from, to }: PreparationScope) {
  const secondsAt = (border: number) => toNumber(borderTime(timeline, border));
  return Array.from({ length: segmentCount(timeline) }, (_, index) => ({
    index,
    seconds: secondsAt(index),
  })).filter(({ index, seconds }) => seconds < to && secondsAt(index + 1) > from);
}

export function partObject({ key }: Title, part: PreparedPart): string {
  switch (part.kind) {
    case "segment":
      return titleObject(key, part.rendition.id, mediaSegmentName(part.index));
    case "init":
      return titleObject(key, part.rendition.id, INIT_SEGMENT);
    case "subtitles":
      return assetObject(key, subtitlesAsset(part.rendition));
  }
}

export function partJob(title: Title, part: PreparedPart): Job {
  switch (part.kind) {
    case "segment":
      return segmentsJob(title, part.rendition, part.index);
    case "init":
      return initJob(title, part.rendition);
    case "subtitles":
      return subtitlesJob(title, part.rendition);
  }
}
