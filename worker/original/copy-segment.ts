import { mediaTicks, type OriginalRendition } from "../../shared/media/original.ts";
import { clockZero, type SourceInfo } from "../../shared/media/source-info.ts";
import type { SegmentSpan } from "../../shared/media/timeline.ts";
import { multiply, rational, round, ZERO } from "../../shared/rational.ts";
import { globalArgs, inputArgs } from "../ffmpeg/input-args.ts";
import { muxerArgs } from "../ffmpeg/muxer-args.ts";
import { type EncodePolicy, runFfmpeg } from "../ffmpeg/run-ffmpeg.ts";
import { type Fragment, FragmentError, splitInit } from "../fragment/fragment.ts";
import { toLengthPrefixed } from "./annex-b.ts";
import { decodeTimes } from "./decode-times.ts";
import { MOST_SEGMENT_BYTES } from "./make-index.ts";
import { movieFragment } from "./movie-fragment.ts";
import type { Packets } from "./packet-requests.ts";
import { PacketError, type PacketThreads } from "./packet-threads.ts";

const READ_TIMEOUT_MS = 60_000;

/** One segment of the original picture: its packets as they are in the file. */
export async function copySegment(
  inputUrl: string,
  source: SourceInfo,
  rendition: OriginalRendition,
  span: SegmentSpan,
  packets: PacketThreads,
  signal: AbortSignal,
): Promise<Buffer> {
  const { cuts, clock } = rendition;
  try {
    const read = await packets.ask<"packets">(
      {
        ...{ kind: "packets", inputUrl, codec: source.video!.codec, maxBytes: MOST_SEGMENT_BYTES },
        ...{ from: cuts[span.index]!, until: cuts[span.index + 1] },
      },
      { signal, timeoutMs: READ_TIMEOUT_MS },
    );
    const zero = round(multiply(clockZero(source), rational(clock.sourceTimescale)));
    return toFragment(read, rendition, span, (ticks) => mediaTicks(clock, ticks - zero));
  } catch (error) {
    if (error instanceof PacketError) throw new FragmentError(error.message, { cause: error });
    throw error;
  }
}

/** The init segment of the original picture, from FFmpeg's copy of its first packet. */
export async function copyInit(
  inputUrl: string,
  source: SourceInfo,
  { timeline, codec }: OriginalRendition,
  policy: EncodePolicy,
): Promise<Fragment["init"]> {
  const args = [
    ...globalArgs,
    ...inputArgs(inputUrl, ZERO),
    ...["-map", `0:${source.video!.streamIndex}`, "-an", "-sn", "-dn", "-c:v", "copy", "-frames:v", "1"],
    ...["-tag:v", codec.slice(0, 4), "-use_editlist", "0"],
    ...muxerArgs(0, 1, timeline.timescale),
  ];
  const { outputs, stderrTail } = await runFfmpeg(args, 1, policy);
  try {
    return splitInit(outputs[0]!);
  } catch (error) {
    if (!(error instanceof FragmentError)) throw error;
    throw new FragmentError([error.message, stderrTail].filter(Boolean).join(": "), { cause: error });
  }
}

function toFragment(
  { times, keys, sizes, end, data, isAnnexB }: Packets,
  { timeline, clock, reorderTicks }: OriginalRendition,
  span: SegmentSpan,
  toTitle: (ticks: number) => number,
): Buffer {
  const toMedia = (ticks: number) => toTitle(ticks) + timeline.decodeOffset;
  const shown = apart(times.map(toMedia), clock.step);
  const decoded = decodeTimes(shown, reorderTicks, 0);
  let offset = 0;
  const written = sizes.map((size) => {
    const packet = data.subarray(offset, offset + size);
    offset += size;
    return isAnnexB ? toLengthPrefixed(packet) : packet;
  });
  const samples = written.map((packet, k) => ({
    ...{ decodeTime: decoded[k]!, presentationTime: shown[k]!, isSync: keys[k]!, size: packet.length },
  }));
  return movieFragment(
    span.index + 1,
    samples,
    toMedia(end) - reorderTicks,
    isAnnexB ? Buffer.concat(written) : data,
  );
}

/** Presentation times of which no two are the same: on a grid, uneven ones may come to lie on one place. */
function apart(times: readonly number[], step: number): readonly number[] {
  const order = [...times.keys()].sort((a, b) => times[a]! - times[b]!);
  const moved = [...times];
  for (const [k, position] of order.entries()) {
    const before = k === 0 ? Number.NEGATIVE_INFINITY : moved[order[k - 1]!]!;
    moved[position] = Math.max(times[position]!, before + step);
  }
  return moved;
}
