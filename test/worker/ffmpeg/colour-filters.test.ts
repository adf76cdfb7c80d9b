import { describe, expect, it } from "vitest";
import type { Colour, VideoTrack } from "../../../shared/media/source-info.ts";
import { colourFilters } from "../../../worker/ffmpeg/colour-filters.ts";
import { exampleVideo } from "../../shared/media/example-source.ts";

const SCALE = "scale=640:360:flags=bicubic+accurate_rnd+bitexact+full_chroma_int";
const END = [
  "setsar=1",
  "format=yuv420p",
  "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709",
  "sidedata=delete:MASTERING_DISPLAY_METADATA",
  "sidedata=delete:CONTENT_LIGHT_LEVEL",
];

function filters(colour: Partial<Colour>, changes: Partial<VideoTrack> = {}): readonly string[] {
  const video = exampleVideo({ ...changes, colour: { isFullRange: false, ...colour } });
  return colourFilters(video, { width: 640, height: 360 });
}

/** Matrix and primaries that a picture is taken for, `bt709, bt709` where it is not converted. */
function takenFor(colour: Partial<Colour>, changes: Partial<VideoTrack> = {}): string {
  const [, matrix, primaries] = /min=([^:]*):pin=([^:]*)/.exec(filters(colour, changes).join(",")) ?? [];
  return `${matrix ?? "bt709"}, ${primaries ?? "bt709"}`;
}

const BT709 = { matrix: "bt709", primaries: "bt709", transfer: "bt709" };
const BT2020 = { matrix: "bt2020nc", primaries: "bt2020" };

describe("the filters that bring a picture to BT.709", () => {
  it("only scale one that is in it, or of high definition and does not say", () => {
    expect(filters(BT709)).toEqual([SCALE, ...END]);
    expect(filters({})).toEqual([SCALE, ...END]);
    expect(filters({}, { pixelFormat: "yuv420p10le", codec: "hevc" })).toEqual([SCALE, ...END]);
  });

  it("scale full range to limited in the same step", () => {
    const scale = `${SCALE}:in_range=pc:out_range=tv`;
    expect(filters({ ...BT709, isFullRange: true })).toEqual([scale, ...END]);
  });

  it("take RGB to BT.709, whose range is full in any case", () => {
    const scale = `${SCALE}:out_color_matrix=bt709:out_range=tv`;
    for (const pixelFormat of ["gbrp", "rgb24", "bgr0", "pal8", "gbrap12le", "0rgb"]) {
      expect(filters({ isFullRange: true, matrix: "gbr" }, { pixelFormat, height: 480, width: 640 })).toEqual(
        [scale, ...END],
      );
    }
  });

  it("convert BT.601 after scaling", () => {
    expect(filters({ matrix: "smpte170m", primaries: "smpte170m", transfer: "smpte170m" })).toEqual([
      SCALE,
      "format=yuv420p10le",
      "zscale=min=smpte170m:pin=smpte170m:rin=tv:tin=bt709:m=bt709:p=bt709:t=bt709:r=tv:c=left:d=ordered",
      ...END,
    ]);
  });

  it("map the tones of HDR after scaling, the same in HDR10 and HLG, whatever else is said of them", () => {
    for (const [transfer, exactness] of [
      ["smpte2084", ""],
      ["arib-std-b67", ":agamma=0"],
    ] as const) {
      const mapped = [
        SCALE,
        "format=yuv420p10le",
        `zscale=min=bt2020nc:pin=bt2020:rin=tv:tin=${transfer}:m=gbr:p=bt709:t=linear:npl=100${exactness}`,
        "format=gbrpf32le",
        "tonemap=hable:desat=0:peak=10",
        "zscale=m=bt709:p=bt709:t=bt709:r=tv:c=left:d=ordered",
        ...END,
      ];
      expect(filters({ ...BT2020, transfer })).toEqual(mapped);
      expect(filters({ ...BT2020, transfer, dolbyVisionProfile: 8 })).toEqual(mapped);
      expect(filters({ transfer }, { width: 640, height: 480 })).toEqual(mapped);
    }
  });
});

describe("a picture is taken for", () => {
  it.each([
    [720, 576, "smpte170m, bt470bg"],
    [352, 288, "smpte170m, bt470bg"],
    [720, 480, "smpte170m, smpte170m"],
    [720, 486, "smpte170m, smpte170m"],
    [640, 360, "smpte170m, bt709"],
    [1280, 544, "bt709, bt709"],
    [960, 720, "bt709, bt709"],
  ])("what its size suggests, where it says nothing: %ix%i, %s", (width, height, expected) => {
    expect(takenFor({}, { width, height })).toBe(expected);
    expect(takenFor({ matrix: "smpte2085", primaries: "xyz" }, { width, height })).toBe(expected);
  });

  it.each<[string, Partial<Colour>, number]>([
    ["bt709, bt709", { matrix: "bt709" }, 480],
    ["bt709, bt709", { primaries: "bt709" }, 480],
    ["smpte170m, bt709", { matrix: "smpte170m" }, 1080],
    ["smpte170m, smpte170m", { primaries: "smpte170m" }, 1080],
    ["bt470bg, bt470bg", { matrix: "bt470bg" }, 576],
    ["bt2020nc, bt2020", { matrix: "bt2020nc" }, 2160],
    ["bt2020nc, bt2020", { primaries: "bt2020" }, 2160],
    ["bt2020c, bt2020", { matrix: "bt2020c", transfer: "bt2020-10" }, 2160],
    ["bt709, smpte432", { matrix: "bt709", primaries: "smpte432" }, 1080],
    // By its number: see the filter's own name for it.
    ["7, smpte240m", { matrix: "smpte240m", primaries: "smpte240m" }, 1080],
    // Neither is defined with the curve that it comes with.
    ["bt2020nc, bt2020", { matrix: "bt2020c", transfer: "smpte2084" }, 2160],
    ["bt709, bt709", { matrix: "ictcp" }, 1080],
    ["ictcp, bt2020", { matrix: "ictcp", transfer: "smpte2084" }, 2160],
  ])("%s, where it says %o with %i lines", (expected, colour, height) => {
    expect(takenFor(colour, { width: (height * 4) / 3, height })).toBe(expected);
  });
});
