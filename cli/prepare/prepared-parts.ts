import { assetJob, initJob, type Job, segmentsJob } from "../../shared/job.ts";
import { INIT_SEGMENT, mediaSegmentName, POSTER, SPRITES } from "../../shared/media/segment-name.ts";
import { sheetName, spritePlan } from "../../shared/media/sprite-plan.ts";
import { borderTime } from "../../shared/media/timeline.ts";
import type { Title } from "../../shared/media/title.ts";
import { WHOLE_SUBTITLES } from "../../shared/playlist/subtitle-playlist.ts";
import { toNumber } from "../../shared/rational.ts";
import { assetObject, titleObject } from "../../shared/storage/object-name.ts";
import { subtitleRenditions } from "../../shared/subtitles/subtitle-renditions.ts";
import { subtitlesAsset, subtitlesJob } from "../../shared/subtitles/subtitles-asset.ts";
import type { ChosenRange } from "./chosen-range.ts";
import { type PreparedRendition, preparedRenditions } from "./prepared-renditions.ts";

/** An object of storage, and where it lies in the folder. */
export interface PreparedObject {
  readonly object: string;
  /** Relative to the folder, as the playlists' URIs are. */
  readonly file: string;
}

/** What one job makes. */
export interface PreparedPart {
  readonly job: Job;
  readonly objects: readonly PreparedObject[];
  /** What its progress counts for: a rung's name, `original`, `sound`, `pictures` or `subtitles`. */
  readonly label: string;
  /** Where it begins in the film, seconds. */
  readonly start: number;
}

/** All that has to be made of a title, in the order in which it is. */
export function preparedParts(title: Title, range: ChosenRange): readonly PreparedPart[] {
  const renditions = preparedRenditions(title);
  const media = renditions.flatMap((rendition) => segmentParts(title, rendition, range));
  // All rungs of a moment at once: they come from one decode.
  const inOrder = media.sort((a, b) => a.start - b.start);
  // An init segment comes with the first segments. Where these were there already, it is asked for by itself.
  const inits = renditions.map((rendition) => initPart(title, rendition));
  return [...subtitleParts(title), ...inOrder, ...inits, ...pictureParts(title, range)];
}

function labelOf(rendition: PreparedRendition): string {
  if (rendition.kind === "video") return rendition.rung.name;
  return { original: "original", audio: "sound", iframe: "pictures" }[rendition.kind];
}

function segmentParts(title: Title, rendition: PreparedRendition, range: ChosenRange): PreparedPart[] {
  const parts: PreparedPart[] = [];
  const { first, end } = range.of(rendition.timeline);
  for (let index = first; index < end; ) {
    const job = segmentsJob(title, rendition, index);
    const next = Math.min(job.first + job.count, end);
    const names = Array.from({ length: next - index }, (_, k) => mediaSegmentName(index + k));
    parts.push({
      job,
      objects: names.map((name) => mediaObject(title, rendition, name)),
      label: labelOf(rendition),
      start: toNumber(borderTime(rendition.timeline, index)),
    });
    index = next;
  }
  return parts;
}

function initPart(title: Title, rendition: PreparedRendition): PreparedPart {
  const objects = [mediaObject(title, rendition, INIT_SEGMENT)];
  return { job: initJob(title, rendition), objects, label: labelOf(rendition), start: 0 };
}

/** The tracks of a file are one job. */
function subtitleParts(title: Title): readonly PreparedPart[] {
  const ids = subtitleRenditions(title.source).map(({ id }) => id);
  const tracks = ids.filter((id) => id.startsWith("t"));
  const groups = [
    ...(tracks.length > 0 ? [tracks] : []),
    ...ids.filter((id) => !id.startsWith("t")).map((id) => [id]),
  ];
  return groups.map((group) => ({
    job: subtitlesJob(title, group[0]!),
    objects: group.map((id) => ({
      object: assetObject(title.key, subtitlesAsset(id)),
      file: `${title.key}/${id}/${WHOLE_SUBTITLES}`,
    })),
    label: "subtitles",
    start: 0,
  }));
}

function pictureParts(title: Title, range: ChosenRange): readonly PreparedPart[] {
  const { video, cover } = title.source;
  const plan = range.isWhole ? spritePlan(title) : undefined;
  const sheets = Array.from(
    { length: plan?.sheetCount ?? 0 },
    (_, sheet) => `${SPRITES}/${sheetName(sheet)}`,
  );
  const part = (asset: string, file: string): PreparedPart => ({
    job: assetJob(title, asset),
    objects: [{ object: assetObject(title.key, asset), file }],
    label: "pictures",
    start: 0,
  });
  return [
    ...sheets.map((sheet) => part(sheet, `${title.key}/${sheet}`)),
    ...(video || cover ? [part(POSTER, POSTER)] : []),
  ];
}

function mediaObject({ key }: Title, { id }: PreparedRendition, name: string): PreparedObject {
  return { object: titleObject(key, id, name), file: `${key}/${id}/${name}` };
}
