import { describe, expect, it } from "vitest";
import { HARDWARE_ENCODERS } from "../../../shared/media/encoder.ts";
import type { SourceInfo } from "../../../shared/media/source-info.ts";
import { sourceInfoSchema } from "../../../shared/media/source-info-schema.ts";
import { findRendition, type PlanOptions, planTitle } from "../../../shared/media/title.ts";
import { rational } from "../../../shared/rational.ts";
import { exampleAudio, exampleSource, exampleVideo, soundOnlySource } from "./example-source.ts";

const OPTIONS = { segmentSeconds: 4 };
const keyOf = async (source: SourceInfo, options: PlanOptions = OPTIONS) =>
  (await planTitle(source, options)).key;

describe("a title's key", () => {
  it("is 128 bits in hexadecimal and the same for equal input", async () => {
    const key = await keyOf(exampleSource());
    expect(key).toMatch(/^[0-9a-f]{32}$/);
    expect(await keyOf(exampleSource())).toBe(key);
  });

  it("is the same after the source info went through storage", async () => {
    const source = exampleSource({ audio: [exampleAudio(), exampleAudio({ streamIndex: 2 })] });
    const stored = sourceInfoSchema.parse(JSON.parse(JSON.stringify(source)));
    expect(await keyOf(stored)).toBe(await keyOf(source));
  });

  it.each<[string, Partial<SourceInfo>]>([
    ["another fingerprint", { fingerprint: "f".repeat(32) }],
    ["another path", { path: "films/other.mp4" }],
    ["another rate", { video: exampleVideo({ baseRate: rational(24) }) }],
    ["another start of the picture", { video: exampleVideo({ start: rational(1, 25) }) }],
    ["another end of the picture", { video: exampleVideo({ end: rational(249, 25) }) }],
    ["another size", { video: exampleVideo({ width: 1280, height: 720 }) }],
    ["another way to seek", { video: exampleVideo({ seekBack: rational(1) }) }],
    ["another stream", { audio: [exampleAudio({ streamIndex: 2 })] }],
    ["another packet grid", { audio: [exampleAudio({ packetGrid: { samples: 1024, phase: rational(0) } })] }],
    ["no sound", { audio: [] }],
    ["another start of the container's clock", { formatStart: rational(7, 5) }],
  ])("changes with %s", async (_, changes) => {
    expect(await keyOf(exampleSource(changes))).not.toBe(await keyOf(exampleSource()));
  });

  it("changes with the length of segments", async () => {
    expect(await keyOf(exampleSource(), { segmentSeconds: 6 })).not.toBe(await keyOf(exampleSource()));
  });

  it("changes with the encoder, and with nothing else about it", async () => {
    const encoders = [undefined, ...HARDWARE_ENCODERS];
    const keys = encoders.map((encoder) =>
      keyOf(exampleSource(), { ...OPTIONS, ...(encoder && { encoder }) }),
    );
    expect(new Set(await Promise.all(keys)).size).toBe(encoders.length);
    const insteadOf = { encoder: "qsv", reason: "its device was lost" } as const;
    expect(await keyOf(exampleSource(), { ...OPTIONS, insteadOf })).toBe(await keyOf(exampleSource()));
    expect(await keyOf(soundOnlySource([exampleAudio()]), { ...OPTIONS, encoder: "qsv" })).toBe(
      await keyOf(soundOnlySource([exampleAudio()])),
    );
  });

  it("plans the same clock whatever encodes", async () => {
    const [software, hardware] = await Promise.all([
      planTitle(exampleSource(), OPTIONS),
      planTitle(exampleSource(), { ...OPTIONS, encoder: "nvenc" }),
    ]);
    expect({ ...hardware, key: "", options: {} }).toEqual({ ...software, key: "", options: {} });
  });
});

describe("a planned title", () => {
  it("cuts all rungs at the same places and gives all renditions one target duration", async () => {
    const title = await planTitle(exampleSource(), OPTIONS);
    expect(title.video.map(({ id }) => id)).toEqual(["v240", "v360", "v480", "v720", "v1080"]);
    for (const { timeline } of title.video) expect(timeline).toEqual(title.video[0]!.timeline);
    expect(title.audio.map(({ id }) => id)).toEqual(["a0"]);
    expect(title.targetDuration).toBe(4);
  });

  it("is as long as its longest rendition", async () => {
    const title = await planTitle(exampleSource({ audio: [exampleAudio({ end: rational(12) })] }), OPTIONS);
    expect(title.duration).toEqual(rational(563 * 1024, 48000));
  });

  it("finds its renditions by their ids alone", async () => {
    const title = await planTitle(exampleSource(), OPTIONS);
    expect(findRendition(title, "v720")?.kind).toBe("video");
    expect(findRendition(title, "a0")?.kind).toBe("audio");
    expect(findRendition(title, "v2160")).toBeUndefined();
    expect(findRendition(title, "a1")).toBeUndefined();
    expect(findRendition(title, "constructor")).toBeUndefined();
  });

  it("has no video renditions where there is no picture", async () => {
    const title = await planTitle(soundOnlySource([exampleAudio()]), OPTIONS);
    expect(title.video).toEqual([]);
    expect(title.audio[0]!.timeline.borders[0]).toBe(0);
  });
});
