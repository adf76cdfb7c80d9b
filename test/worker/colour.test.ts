import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { segmentSpan } from "../../shared/media/timeline.ts";
import { planTitle } from "../../shared/media/title.ts";
import { encodeVideoSegment } from "../../worker/encode-video.ts";
import { encodeVideoRun } from "../../worker/encode-video-run.ts";
import type { RunPart } from "../../worker/ffmpeg/video-args.ts";
import { openSource } from "../../worker/media-folder.ts";
import { probeSource } from "../../worker/probe/probe-source.ts";
import {
  colourDifference,
  convertPrimaries,
  hlgSignals,
  PRIMARIES,
  type Primaries,
  pqSignal,
  signalFor,
  type Triple,
} from "../support/colorimetry.ts";
import { type ChartFormat, chartLight, decodeChart, encodeChart } from "../support/colour-chart.ts";
import { runProgram } from "../support/run-program.ts";

/** Means of more than this are wrong colours; the loss of 8 bits and of the encoder is below 1. */
const MOST_DIFFERENT = 3;

const policy = { signal: new AbortController().signal, background: false };
const folder = await mkdtemp(join(tmpdir(), "seamline-colour-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function openFilm(path: string) {
  const file = await openSource(dirname(path), basename(path));
  const source = await probeSource(file, { signal: policy.signal, timeoutMs: 60_000 });
  const { video } = await planTitle(source, { segmentSeconds: 4 });
  return {
    video,
    alone: ({ rendition, span }: RunPart) =>
      encodeVideoSegment(file.inputUrl, source, rendition, span, policy),
    together: (parts: readonly RunPart[]) => encodeVideoRun(file.inputUrl, source, parts, policy),
  };
}

async function colourTags(stream: Uint8Array): Promise<unknown> {
  const entries = "stream=color_range,color_space,color_primaries,color_transfer";
  const args = ["-v", "error", "-show_entries", entries, "-of", "json", "-i", "pipe:0"];
  return JSON.parse((await runProgram("ffprobe", args, stream)).stdout.toString()).streams[0];
}

const BT709_TAGS = {
  color_range: "tv",
  color_space: "bt709",
  color_primaries: "bt709",
  color_transfer: "bt709",
};

/** The smallest and the largest rung say that they are BT.709, and are near enough to the reference in it. */
async function expectColours(name: string, path: string, reference: readonly Triple[]): Promise<void> {
  const { video, alone } = await openFilm(path);
  for (const rendition of [video[0]!, video.at(-1)!]) {
    const { init, media } = await alone({ rendition, span: segmentSpan(rendition.timeline, 0)! });
    const stream = Buffer.concat([init, media]);
    expect(await colourTags(stream)).toEqual(BT709_TAGS);
    const shown = await decodeChart(stream, rendition.rung);
    const differences = shown.map((light, patch) => colourDifference(light, reference[patch]!));
    const mean = differences.reduce((sum, value) => sum + value) / differences.length;
    const largest = Math.max(...differences);
    console.log(`${name}, ${rendition.id}: mean ΔE ${mean.toFixed(2)}, largest ${largest.toFixed(2)}`);
    expect(mean).toBeLessThanOrEqual(MOST_DIFFERENT);
  }
}

/** The chart as a screen of SDR is to show it, in the signals of a system with other primaries. */
const inPrimaries = (primaries: Primaries): Triple[] =>
  chartLight.map(
    (light) => convertPrimaries(light, PRIMARIES.bt709, primaries).map(signalFor) as unknown as Triple,
  );

const tagged = (matrix: string, primaries: string, transfer: string, range = "tv") =>
  `colorspace=${matrix}:color_primaries=${primaries}:color_trc=${transfer}:range=${range}`;
const x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-qp", "4"];
const x265 = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error:qp=4"];
const SD = { width: 640, height: 480 };
const PAL = { width: 720, height: 576 };
const BT709 = tagged("bt709", "bt709", "bt709");

describe("colours of SDR come out as they went in:", () => {
  it.each<[string, string, Primaries, ChartFormat]>([
    ["BT.709", "mp4", PRIMARIES.bt709, { ...SD, pixelFormat: "yuv420p", tags: BT709, encoder: x264 }],
    [
      "high definition that does not say",
      "mp4",
      PRIMARIES.bt709,
      { width: 1280, height: 544, pixelFormat: "yuv420p", encoder: x264 },
    ],
    [
      "BT.601, 525 lines",
      "mp4",
      PRIMARIES.smpte170m,
      {
        ...SD,
        pixelFormat: "yuv420p",
        luma: "bt601",
        tags: tagged("smpte170m", "smpte170m", "smpte170m"),
        encoder: x264,
      },
    ],
    [
      "BT.601, 625 lines",
      "mp4",
      PRIMARIES.bt470bg,
      {
        ...PAL,
        pixelFormat: "yuv420p",
        luma: "bt601",
        tags: tagged("bt470bg", "bt470bg", "bt709"),
        encoder: x264,
      },
    ],
    [
      "MPEG-2 of 625 lines that does not say",
      "mpg",
      PRIMARIES.bt470bg,
      { ...PAL, pixelFormat: "yuv420p", luma: "bt601", encoder: ["-c:v", "mpeg2video", "-qscale:v", "2"] },
    ],
    [
      "BT.2020 of 10 bit",
      "mkv",
      PRIMARIES.bt2020,
      {
        ...SD,
        pixelFormat: "yuv420p10le",
        luma: "bt2020",
        tags: tagged("bt2020nc", "bt2020", "bt2020-10"),
        encoder: x265,
      },
    ],
    [
      "full range, and said to be",
      "mp4",
      PRIMARIES.bt709,
      {
        ...SD,
        pixelFormat: "yuv420p",
        isFullRange: true,
        tags: tagged("bt709", "bt709", "bt709", "pc"),
        encoder: x264,
      },
    ],
    [
      "full range of 10 bit and BT.2020",
      "mkv",
      PRIMARIES.bt2020,
      {
        ...SD,
        pixelFormat: "yuv420p10le",
        luma: "bt2020",
        isFullRange: true,
        tags: tagged("bt2020nc", "bt2020", "bt2020-10", "pc"),
        encoder: x265,
      },
    ],
    [
      "Motion JPEG",
      "avi",
      PRIMARIES.bt709,
      {
        width: 640,
        height: 360,
        pixelFormat: "yuvj420p",
        luma: "bt601",
        isFullRange: true,
        encoder: ["-c:v", "mjpeg", "-q:v", "2"],
      },
    ],
    [
      "4:4:4 of 10 bit",
      "mkv",
      PRIMARIES.bt709,
      { ...SD, pixelFormat: "yuv444p10le", tags: BT709, encoder: x264 },
    ],
    [
      "packed RGB",
      "avi",
      PRIMARIES.bt709,
      { ...SD, pixelFormat: "rgb24", encoder: ["-c:v", "rawvideo", "-pix_fmt", "bgr24"] },
    ],
    [
      "planar RGB",
      "mkv",
      PRIMARIES.bt709,
      { ...SD, pixelFormat: "rgb24", encoder: ["-c:v", "ffv1", "-pix_fmt", "gbrp"] },
    ],
    ["PNG", "mov", PRIMARIES.bt709, { ...SD, pixelFormat: "rgb24", encoder: ["-c:v", "png"] }],
  ])("%s", async (name, extension, primaries, format) => {
    const path = join(folder, `${name}.${extension}`);
    await encodeChart(path, format, inPrimaries(primaries));
    await expectColours(name, path, chartLight);
  });
});

/** Patches by turns in the shade, in the light and shining, cd/m². */
const WHITES = [50, 203, 600];
const hdrLight = chartLight.map(
  (light, patch) => light.map((value) => value * WHITES[patch % WHITES.length]!) as unknown as Triple,
);

/**
 * What tone mapping is to make of light, cd/m²: the largest of red, green and blue by the curve that John Hable
 * published for Uncharted 2, with 100 cd/m² as 1 and 1,000 as its white; the others with it, so that hues stay.
 */
function toneMapped(light: Triple): Triple {
  const curve = (x: number) =>
    (x * (0.15 * x + 0.1 * 0.5) + 0.2 * 0.02) / (x * (0.15 * x + 0.5) + 0.2 * 0.3) - 0.02 / 0.3;
  const largest = Math.max(...light) / 100;
  const factor = largest > 0 ? curve(largest) / curve(10) / largest : 0;
  return light.map((value) => (value / 100) * factor) as unknown as Triple;
}

const inBt2020 = (light: Triple) => convertPrimaries(light, PRIMARIES.bt709, PRIMARIES.bt2020);
const HDR = { ...SD, pixelFormat: "yuv420p10le", luma: "bt2020" } as const;
const MASTERED =
  "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(40000000,50):max-cll=4000,400";
const hdr10: ChartFormat = {
  ...HDR,
  tags: tagged("bt2020nc", "bt2020", "smpte2084"),
  // Of another peak than the one that tones are mapped from.
  encoder: [...x265.slice(0, -1), `${x265.at(-1)}:${MASTERED}`],
};
const pqChart = hdrLight.map((light) => inBt2020(light).map(pqSignal) as unknown as Triple);

describe("colours of HDR are mapped by a known curve:", () => {
  it("HDR10", async () => {
    const path = join(folder, "hdr10.mkv");
    await encodeChart(path, hdr10, pqChart);
    await expectColours("HDR10", path, hdrLight.map(toneMapped));
  });

  it("HLG", async () => {
    const path = join(folder, "hlg.mkv");
    const hlgChart = hdrLight.map((light) => hlgSignals(inBt2020(light)));
    await encodeChart(
      path,
      { ...HDR, tags: tagged("bt2020nc", "bt2020", "arib-std-b67"), encoder: x265 },
      hlgChart,
    );
    await expectColours("HLG", path, hdrLight.map(toneMapped));
  });

  it("each segment has the same bytes in a run and alone, and nothing tells the screen it was mastered for", async () => {
    const path = join(folder, "mastered.mp4");
    // Segments of 1 s: the second and the third begin inside a group of pictures.
    const encoder = [...hdr10.encoder.slice(0, -1), `${hdr10.encoder.at(-1)}:keyint=20`, "-tag:v", "hvc1"];
    await encodeChart(path, { ...hdr10, frames: 75, encoder }, pqChart);
    const { video, alone, together } = await openFilm(path);
    const parts = video.flatMap((rendition) =>
      [0, 1, 2].map((index) => ({ rendition, span: segmentSpan(rendition.timeline, index)! })),
    );
    const { fragments, complaint } = await together(parts);
    expect(complaint).toBeUndefined();
    for (const [k, part] of parts.entries()) {
      const { init, media } = await alone(part);
      expect(fragments[k]!.media.equals(media)).toBe(true);
      expect(fragments[k]!.init.equals(init)).toBe(true);
      expect(init.includes("colr")).toBe(true);
      expect(init.includes("mdcv") || init.includes("clli")).toBe(false);
    }
  });
});
