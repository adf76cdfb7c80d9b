import { expect } from "vitest";
import { runProgram } from "../support/run-program.ts";

/** What stands still for so long on a busy machine is stuck. */
const TIMEOUT_MS = 240_000;

/**
 * Has GStreamer play a multivariant playlist as fast as it comes, and writes what a screen and a loudspeaker would
 * have got to the Matroska file `recording`.
 */
export async function recordInGstreamer(
  playlist: string,
  kinds: readonly ("video" | "audio")[],
  recording: string,
): Promise<void> {
  const branches = {
    video: [
      "!",
      "video/x-raw",
      "!",
      "videoscale",
      "add-borders=false",
      "!",
      // The original may say something else of its colours than the rungs, and the muxer bears no change.
      "videoconvert",
      "!",
      "video/x-raw,width=640,height=360,pixel-aspect-ratio=1/1,colorimetry=bt709,chroma-site=mpeg2",
      "!",
      "jpegenc",
    ],
    // Tracks in several codecs may have more channels in one of them.
    audio: ["!", "audio/x-raw", "!", "audioconvert", "!", "audio/x-raw,format=S16LE,channels=2"],
  };
  // Without bounds, else one branch waits for the muxer and the other for the demuxer.
  const queue = ["queue", "max-size-buffers=0", "max-size-bytes=0", "max-size-time=0"];
  const { stdout, stderr } = await runProgram(
    "gst-launch-1.0",
    [
      ...["uridecodebin3", "name=play", `uri=${playlist}`],
      ...kinds.flatMap((kind) => ["play.", ...branches[kind], "!", ...queue, "!", "into."]),
      ...["matroskamux", "name=into", "!", "filesink", `location=${recording}`],
    ],
    undefined,
    TIMEOUT_MS,
  );
  expect(`${stdout}${stderr}`).not.toMatch(/ERROR|WARNING/);
  expect(stdout.toString()).toContain("Got EOS");
}
