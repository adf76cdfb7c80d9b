import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RECIPE_CRF, segmentByteLimit, WORST_CRF } from "../../shared/media/rate-budget.ts";
import { borderTime, segmentCount, segmentSpan } from "../../shared/media/timeline.ts";
import { planTitle, type Title } from "../../shared/media/title.ts";
import { subtract } from "../../shared/rational.ts";
import { encodeVideoSegment } from "../../worker/encode-video.ts";
import { runFfmpeg } from "../../worker/ffmpeg/run-ffmpeg.ts";
import { PLAIN_EFFORT, videoSegmentArgs } from "../../worker/ffmpeg/video-args.ts";
import { splitInit } from "../../worker/fragment/fragment.ts";
import { openSource } from "../../worker/media-folder.ts";
import { probeSource } from "../../worker/probe/probe-source.ts";
import type { SourceFile } from "../../worker/source-file.ts";
import { runProgram } from "../support/run-program.ts";

const policy = { signal: new AbortController().signal, background: false };

let folder: string;
let file: SourceFile;
let title: Title;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "seamline-noise-"));
  // Every picture is new and random: nothing costs more bits. It is of no colour that there is, so it is not to
  // be converted.
  const noise = ["-f", "lavfi", "-i", "nullsrc=size=854x480:rate=24,noise=alls=100:allf=t+u"];
  const tags = ["-vf", "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709"];
  const encoder = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-g", "24"];
  await runProgram("ffmpeg", [
    "-v",
    "error",
    ...noise,
    "-t",
    "5",
    ...tags,
    ...encoder,
    join(folder, "noise.mp4"),
  ]);
  file = await openSource(folder, "noise.mp4");
  const source = await probeSource(file, { signal: policy.signal, timeoutMs: 60_000 });
  title = await planTitle(source, { segmentSeconds: 4 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each(["v240", "v480"])("a segment of pure noise on %s is made until BANDWIDTH is true", async (id) => {
  const rendition = title.video.find((candidate) => candidate.id === id)!;
  const { timeline, rung } = rendition;
  for (let index = 0; index < segmentCount(timeline); index++) {
    const span = segmentSpan(timeline, index)!;
    const encode = () => encodeVideoSegment(file.inputUrl, title.source, rendition, span, policy);
    const { media } = await encode();
    const limit = segmentByteLimit(
      rung.peakBitrate,
      subtract(borderTime(timeline, index + 1), borderTime(timeline, index)),
    );
    expect(media.length).toBeLessThanOrEqual(limit);
    // Not by throwing the picture away, and by the same steps every time.
    expect(media.length).toBeGreaterThan(limit / 4);
    if (index === 1) expect((await encode()).media.equals(media)).toBe(true);
  }
});

it("whatever quality a segment had to be made at, it plays with the init segment of the others", async () => {
  const rendition = title.video.find(({ id }) => id === "v240")!;
  const inits = [RECIPE_CRF, RECIPE_CRF + 1, 40, WORST_CRF].map(async (crf) => {
    const span = segmentSpan(rendition.timeline, 0)!;
    const args = videoSegmentArgs(file.inputUrl, title.source, rendition, span, { ...PLAIN_EFFORT, crf });
    const { outputs } = await runFfmpeg(args, 1, policy);
    return splitInit(outputs[0]!).toString("hex");
  });
  expect(new Set(await Promise.all(inits)).size).toBe(1);
});

it("a segment of more bytes than are kept is not kept, and made at a lower quality", async () => {
  const rendition = title.video.find(({ id }) => id === "v480")!;
  const span = segmentSpan(rendition.timeline, 0)!;
  const limit = segmentByteLimit(rendition.rung.peakBitrate, borderTime(rendition.timeline, 1));
  // In one step it would have come down from what it has at CRF 23.
  const tight = { ...policy, maxOutputBytes: limit + 10_000 };
  const { media } = await encodeVideoSegment(file.inputUrl, title.source, rendition, span, tight);
  expect(media.length).toBeLessThanOrEqual(limit);
});
