import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { orderCues } from "../../../shared/subtitles/cue.ts";
import { formatWebvtt } from "../../../shared/subtitles/format-webvtt.ts";
import { parseWebvtt } from "../../../shared/subtitles/parse-webvtt.ts";
import { cues } from "./cues.ts";

describe("a WebVTT file", () => {
  it("keeps tags and settings, and nothing that belongs to its own page", () => {
    const file = `WEBVTT - a title

STYLE
::cue { background: url(https://spy.example/) }

REGION
id:fred

NOTE
never mind

intro
00:01.000 --> 00:02.000 region:fred line:10% position:50%,center bogus:1 <b>
<v Ann>Hi</v>, <i>you</i>
<00:00:01.500>later

01:00:00.000 --> 01:00:01.000
Far &lt;off&gt;
01:00:02.000 --> 01:00:03.000
no empty line before
`;
    expect(parseWebvtt(file)).toEqual([
      {
        startMs: 1000,
        endMs: 2000,
        settings: "line:10% position:50%,center",
        text: "<v Ann>Hi</v>, <i>you</i>\nlater",
      },
      { startMs: 3_600_000, endMs: 3_601_000, settings: "", text: "Far &lt;off&gt;" },
      { startMs: 3_602_000, endMs: 3_603_000, settings: "", text: "no empty line before" },
    ]);
  });

  it("is read back as it was written", () => {
    fc.assert(
      fc.property(cues, (some) => {
        const ordered = orderCues(some);
        expect(parseWebvtt(formatWebvtt(ordered, ["X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000"]))).toEqual(
          ordered,
        );
      }),
    );
  });
});
