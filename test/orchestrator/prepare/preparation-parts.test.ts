import fc from "fast-check";
import { expect, it } from "vitest";
import { partJob, partObject, preparationParts } from "../../../orchestrator/prepare/preparation-parts.ts";
import { preparationId, preparationScope } from "../../../orchestrator/prepare/preparation-scope.ts";
import { jobId } from "../../../shared/job.ts";
import type { SubtitleTrack } from "../../../shared/media/source-info.ts";
import { borderTime, segmentCount } from "../../../shared/media/timeline.ts";
import { planTitle } from "../../../shared/media/title.ts";
import { rational, toNumber } from "../../../shared/rational.ts";
import {
  exampleAudio,
  exampleSource,
  exampleVideo,
  soundOnlySource,
} from "../../shared/media/example-source.ts";

const subtitles: SubtitleTrack = {
  streamIndex: 2,
  codec: "subrip",
  form: "text",
  isDefault: false,
  isForced: false,
  isHearingImpaired: false,
};
const end = rational(30);
const film = await planTitle(
  exampleSource({
    video: exampleVideo({ end, width: 640, height: 360 }),
    audio: [exampleAudio({ end })],
    subtitles: [subtitles],
  }),
  { segmentSeconds: 4 },
);
const path = film.source.path;
const namesOf = (request: { rungs?: string[]; from?: number; to?: number }, title = film) =>
  preparationParts(title, preparationScope(title, { path, ...request })).map((part) =>
    partObject(title, part).slice(`titles/00/${title.key}/`.length),
  );

it("a range is the segments that have a part in it, then subtitles, then init segments", () => {
  expect(namesOf({ rungs: ["240p"], from: 1.5, to: 5 })).toEqual([
    ...["v240/1.m4s", "a0/1.m4s", "v240/2.m4s", "a0/2.m4s", "v240/3.m4s", "a0/3.m4s"].sort(byStart),
    ...["t0/cues.vtt", "a0/init.mp4", "v240/init.mp4"],
  ]);
});

/** As the parts lie in the film: sound is cut a little beside the picture. */
function byStart(a: string, b: string): number {
  const secondsOf = (name: string) => {
    const [rendition, index] = name.split("/");
    const found = [...film.video, ...film.audio].find(({ id }) => id === rendition)!;
    return toNumber(borderTime(found.timeline, Number.parseInt(index!, 10)));
  };
  return secondsOf(a) - secondsOf(b);
}

it("without a range and rungs it is all of the title, each object once", () => {
  const names = namesOf({});
  const renditions = [...film.video, ...film.audio];
  const segments = renditions.reduce((sum, { timeline }) => sum + segmentCount(timeline), 0);
  expect(names).toHaveLength(segments + renditions.length + 1);
  expect(new Set(names).size).toBe(names.length);
});

it("sound alone has no rungs to choose", async () => {
  const song = await planTitle(soundOnlySource([exampleAudio()]), { segmentSeconds: 4 });
  expect(namesOf({}, song).every((name) => name.startsWith("a0/"))).toBe(true);
  expect(() => namesOf({ rungs: ["240p"] }, song)).toThrow(/no picture/);
});

it("the parts of ranges that adjoin are those of both together", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 29.9, noNaN: true }), (middle) => {
      const both = new Set([...namesOf({ to: middle }), ...namesOf({ from: middle })]);
      expect([...both].sort()).toEqual([...namesOf({})].sort());
    }),
  );
});

it("each part is made by a job that names it", () => {
  const jobs = preparationParts(film, preparationScope(film, { path })).map((part) =>
    jobId(partJob(film, part)),
  );
  expect(jobs).toContain(`${film.key}/v360/0+1`);
  expect(jobs).toContain(`${film.key}/a0/4+4`);
  expect(jobs).toContain(`${film.key}/asset/t/cues.vtt`);
  expect(jobs).toContain(`${film.key}/v240/init`);
});

it("the same rungs and range are one preparation, however they are written", async () => {
  const idOf = (request: object) => preparationId(film, preparationScope(film, { path, ...request }));
  const whole = await idOf({});
  for (const same of [
    { from: 0 },
    { to: 31 },
    { to: 99 },
    { rungs: ["360p", "240p"] },
    { rungs: ["240p", "360p", "240p"] },
  ])
    expect(await idOf(same)).toBe(whole);
  for (const other of [{ from: 1 }, { to: 29 }, { rungs: ["360p"] }])
    expect(await idOf(other)).not.toBe(whole);
});
