import { complains } from "../../worker/ffmpeg/complaints.ts";
import { globalArgs, inputGuards } from "../../worker/ffmpeg/input-args.ts";
import { runFfmpeg } from "../../worker/ffmpeg/run-ffmpeg.ts";

/** Decodes a file and throws the pictures away; what the decoder complained of first, or "". */
export async function decodeSegments(path: string, signal: AbortSignal): Promise<string> {
  const url = `file:${path}`;
  const args = [
    ...globalArgs,
    ...inputGuards(url),
    "-i",
    url,
    "-map",
    "0:v?",
    "-map",
    "0:a?",
    "-f",
    "null",
    "-",
  ];
  const { stderrTail } = await runFfmpeg(args, 0, { signal, background: true });
  if (!complains(stderrTail)) return "";
  const [first = ""] = stderrTail.split("\n").filter((line) => line !== "" && complains(line));
  return first.replaceAll(url, "the stream").replace(/ @ 0x[0-9a-f]+/g, "");
}
