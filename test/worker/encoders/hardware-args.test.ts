import { describe, expect, it } from "vitest";
import { HARDWARE_ENCODERS } from "../../../shared/media/encoder.ts";
import { segmentSpan } from "../../../shared/media/timeline.ts";
import { planTitle } from "../../../shared/media/title.ts";
import { rational } from "../../../shared/rational.ts";
import { deviceArgs, handOverFilters, hardwareEncoderArgs } from "../../../worker/encoders/hardware-args.ts";
import { PLAIN_EFFORT, videoSegmentArgs } from "../../../worker/ffmpeg/video-args.ts";
import { exampleSource, exampleVideo } from "../../shared/media/example-source.ts";

const rung = { rate: rational(24000, 1001), averageBitrate: 2_400_000, peakBitrate: 4_000_000, level: 31 };
const timeline = { timescale: 24000, compositionOffset: 2002 };
const words = (text: string) => text.trim().split(/\s+/);
const COMMON = words(`
  -profile:v high -level:v 31 -bf 0 -g 9999 -flags:v +bitexact+cgop -fps_mode passthrough
  -enc_time_base:v 1/24000 -bsf:v setts=dts=PTS-2002`);

describe("FFmpeg's arguments for an encoder in hardware", () => {
  it.each([
    [
      "nvenc",
      `-preset p4 -tune hq -forced-idr 1
       -rc vbr -cq 23 -b:v 0 -maxrate 3600000 -bufsize 900000`,
    ],
    [
      "qsv",
      `-preset medium -look_ahead 0 -forced_idr 1 -adaptive_i 0
       -global_quality 23 -b:v 2400000 -maxrate 3600000 -bufsize 900000`,
    ],
    ["vaapi", "-sei 0 -rc_mode VBR -b:v 2400000 -maxrate 3600000 -bufsize 900000"],
    [
      "amf",
      `-usage transcoding -quality balanced
       -rc vbr_peak -b:v 2400000 -maxrate 3600000 -bufsize 900000`,
    ],
    ["videotoolbox", "-allow_sw 0 -realtime 0 -b:v 2400000 -maxrate 3600000 -bufsize 900000"],
  ] as const)("of %s", (family, own) => {
    expect(hardwareEncoderArgs({ family }, { rung, timeline, crf: 23 })).toEqual([
      ...["-c:v", `h264_${family}`],
      ...words(own),
      ...COMMON,
    ]);
  });

  it("ask for less where a segment got too large", () => {
    const args = (family: "nvenc" | "vaapi") =>
      hardwareEncoderArgs({ family }, { rung, timeline, crf: 29 }).join(" ");
    expect(args("nvenc")).toContain("-cq 29 ");
    expect(args("vaapi")).toContain("-b:v 1200000 ");
  });

  it("name the device where that is asked for", () => {
    const device = "/dev/dri/renderD129";
    expect(deviceArgs({ family: "vaapi" })).toEqual(words("-vaapi_device /dev/dri/renderD128"));
    expect(deviceArgs({ family: "vaapi", device })).toEqual(words(`-vaapi_device ${device}`));
    expect(deviceArgs({ family: "qsv" })).toEqual(words("-init_hw_device qsv=gpu"));
    expect(deviceArgs({ family: "qsv", device })).toEqual(
      words(`-init_hw_device qsv=gpu,child_device=${device}`),
    );
    const numbered = hardwareEncoderArgs({ family: "nvenc", device: "1" }, { rung, timeline, crf: 23 });
    expect(numbered.join(" ")).toContain("-gpu 1 ");
  });

  it("decode and filter as in software, and hand pictures over at the end", async () => {
    const source = exampleSource({ video: exampleVideo({ end: rational(60) }) });
    const rendition = (await planTitle(source, { segmentSeconds: 4 })).video[0]!;
    const span = segmentSpan(rendition.timeline, 5)!;
    const argsBy = (family?: (typeof HARDWARE_ENCODERS)[number]) =>
      videoSegmentArgs("file:/a.mp4", source, rendition, span, PLAIN_EFFORT, family && { family });
    const software = argsBy();
    for (const family of HARDWARE_ENCODERS) {
      const filters = software[software.indexOf("-vf") + 1]!;
      const inputOf = (args: readonly string[]) =>
        args.slice(0, args.indexOf("-vf")).filter((arg) => !deviceArgs({ family }).includes(arg));
      const hardware = argsBy(family);
      expect(hardware[hardware.indexOf("-vf") + 1]).toBe([filters, ...handOverFilters(family)].join(","));
      expect(inputOf(hardware)).toEqual(inputOf(software));
    }
  });
});
