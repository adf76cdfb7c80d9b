import { expect, it } from "vitest";
import { segmentSpan } from "../../../shared/media/timeline.ts";
import { planTitle } from "../../../shared/media/title.ts";
import { rational } from "../../../shared/rational.ts";
import { audioCopyArgs, copyClockShift } from "../../../worker/ffmpeg/audio-copy-args.ts";
import { inputGuards } from "../../../worker/ffmpeg/input-args.ts";
import { exampleAudio, exampleSource, exampleVideo } from "../../shared/media/example-source.ts";

/** The picture begins 10 ms into a packet. */
const film = exampleSource({
  video: exampleVideo({ start: rational(1, 100), end: rational(1001, 100) }),
  audio: [
    exampleAudio({
      ...{ codec: "ac3", channels: 6, bitrate: 448_000, end: rational(10) },
      packetGrid: { samples: 1536, phase: rational(0) },
    }),
  ],
});

async function copy() {
  const { audio } = await planTitle(film, { segmentSeconds: 4 });
  const rendition = audio.find(({ id }) => id === "d0")!;
  return { rendition, spans: [2, 3].map((index) => segmentSpan(rendition.timeline, index)!) };
}

it("cuts packets half a packet before they begin, one output for each segment", async () => {
  const { rendition, spans } = await copy();
  expect(spans.map(({ firstUnit, endUnit }) => [firstUnit, endUnit])).toEqual([
    [63, 125],
    [125, 250],
  ]);
  const output = (from: string, to: string, sequence: string, pipe: string) => [
    ...["-map", "0:1", "-c:a", "copy", "-copypriorss", "0", "-ss", from, "-to", to],
    ...[
      "-map_metadata",
      "-1",
      "-map_chapters",
      "-1",
      "-fflags",
      "+bitexact",
      "-avoid_negative_ts",
      "disabled",
    ],
    ...[
      "-movflags",
      "+empty_moov+default_base_moof+frag_discont+skip_trailer+delay_moov",
      "-use_editlist",
      "0",
    ],
    ...["-fragment_index", sequence, "-write_btrt", "0", "-f", "mp4", pipe],
  ];
  const args = audioCopyArgs("file:/media/a.mkv", film, rendition, spans);
  expect(args.slice(args.indexOf("-ss"))).toEqual([
    ...["-noaccurate_seek", "-ss", "1.500000", "-copyts", "-i", "file:/media/a.mkv"].slice(1),
    ...output("2.000000", "3.984000", "3", "pipe:3"),
    ...output("3.984000", "7.984000", "4", "pipe:4"),
  ]);
  expect(args).toEqual(expect.arrayContaining([...inputGuards("file:/media/a.mkv")]));
});

it("puts the cut's clock on the title's", async () => {
  const { rendition, spans } = await copy();
  // The picture is shown two frames, 80 ms, after decoding began, and the first packet begins 10 ms before it.
  expect(spans.map((span) => copyClockShift(rendition, span))).toEqual([
    0.07 * 48000 + 62.5 * 1536,
    0.07 * 48000 + 124.5 * 1536,
  ]);
});
