import { type FormatSource, film, type Harm } from "../format-source.ts";
import { aac, ac3, h264, mp3, pcm16, plain } from "./encodings.ts";

const picture = h264("High");
const none = { seconds: 1, hasMarkers: false } as const;

function cutAt(share: number): Harm {
  return {
    name: `cut-at-${share}`,
    apply: (whole) => whole.subarray(0, Math.floor(whole.length * share)),
  };
}

function replaced(name: string, bytes: Uint8Array): Harm {
  return { name: `replaced-by-${name}`, apply: () => bytes };
}

const renamed: Harm = {
  name: "unknown-codec",
  apply: (whole) => {
    const harmed = Uint8Array.from(whole);
    harmed.set(Buffer.from("zzzz"), whole.indexOf("avc1", whole.indexOf("stsd")));
    return harmed;
  },
};

/** Files that are not whole, and what is no film. */
export const brokenSources: readonly FormatSource[] = [
  film("cut.mkv", picture, aac, {
    special: "the last 40 % are missing",
    harm: cutAt(0.6),
    truth: "as-decoded",
    hasMarkers: false,
  }),
  film("cut.ts", picture, ac3, {
    special: "the last 40 % are missing",
    harm: cutAt(0.6),
    truth: "as-decoded",
    hasMarkers: false,
  }),
  film("cut.avi", plain("MPEG-4 Visual", "mpeg4"), mp3, {
    special: "the last 40 % are missing, with the index",
    harm: cutAt(0.6),
    truth: "as-decoded",
    hasMarkers: false,
  }),
  film("cut.flv", h264("High", "-bf", "0"), mp3, {
    special: "the last 40 % are missing",
    harm: cutAt(0.6),
    truth: "as-decoded",
    hasMarkers: false,
    soundOf: { rate: 44100 },
  }),
  film("cut-index-first.mp4", picture, aac, {
    special: "the last 40 % are missing, the index is whole",
    muxer: ["-movflags", "+faststart"],
    harm: cutAt(0.6),
    truth: "as-decoded",
    hasMarkers: false,
  }),
  film("cut-index-last.mp4", picture, aac, {
    ...none,
    special: "the last 40 % are missing, with the index",
    harm: cutAt(0.6),
    refusal: "source-damaged",
  }),
  film("unknown-codec.mp4", picture, undefined, {
    ...none,
    special: "its codec is “zzzz”",
    harm: renamed,
    refusal: "codec-unsupported",
  }),
  film("encrypted.mp4", picture, aac, {
    ...none,
    special: "encrypted (Common Encryption)",
    muxer: [
      "-encryption_scheme",
      "cenc-aes-ctr",
      "-encryption_key",
      "0123456789abcdef0123456789abcdef",
      "-encryption_kid",
      "fedcba9876543210fedcba9876543210",
    ],
    refusal: "source-damaged",
  }),
  film("empty.mp4", picture, undefined, {
    ...none,
    special: "0 bytes",
    harm: replaced("nothing", new Uint8Array()),
    refusal: "source-empty",
  }),
  film("letter.mp4", picture, undefined, {
    ...none,
    special: "a text",
    harm: replaced("text", Buffer.from("This is a letter.\n".repeat(500))),
    refusal: "not-media",
  }),
  film("picture.gif", ["GIF", ["-c:v", "gif"]], undefined, {
    ...none,
    special: "a moving picture, but no film",
    pixelFormat: "rgb8",
    refusal: "not-media",
  }),
  film("subtitles-only.mkv", undefined, pcm16, {
    ...none,
    special: "subtitles alone",
    inputs: [["-f", "srt", "-i", "data:text/plain;base64,MQowMDowMDowMCwwMDAgLS0+IDAwOjAwOjAxLDAwMApIaQo="]],
    remux: ["-i", "IN", "-map", "0:s", "-c", "copy"],
    refusal: "not-media",
  }),
];
