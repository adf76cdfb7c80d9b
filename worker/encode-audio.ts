import { segmentByteLimit } from "../shared/media/rate-budget.ts";
import type { SourceInfo } from "../shared/media/source-info.ts";
import type { SegmentSpan } from "../shared/media/timeline.ts";
import type { SoundRendition } from "../shared/media/title.ts";
import { divide, max, rational, toDecimal, ZERO } from "../shared/rational.ts";
import { copyAudioSegments } from "./copy-audio.ts";
import {
  audioSegmentsArgs,
  firstInputSample,
  possiblySilentPart,
  type SoundSource,
} from "./ffmpeg/audio-args.ts";
import { type EncodePolicy, runFfmpeg } from "./ffmpeg/run-ffmpeg.ts";
import { checkFragment, type Fragment, FragmentError } from "./fragment/fragment.ts";
import { readPackets } from "./probe/ffprobe.ts";
import { findSoundAnchor, needsAnchor } from "./probe/sound-anchor.ts";

const LOOK_TIMEOUT_MS = 30_000;

/** Makes consecutive segments of a sound track in one process, each checked against the plan. */
export async function makeAudioSegments(
  inputUrl: string,
  source: SourceInfo,
  rendition: SoundRendition,
  spans: readonly SegmentSpan[],
  policy: EncodePolicy,
): Promise<readonly Fragment[]> {
  const make = rendition.audio.codec === "aac" ? encodeAudioSegments : copyAudioSegments;
  const fragments = await make(inputUrl, source, rendition, spans, policy);
  return fragments.map((fragment, position) => withinLimit(fragment, rendition, spans[position]!));
}

async function encodeAudioSegments(
  inputUrl: string,
  source: SourceInfo,
  rendition: SoundRendition,
  spans: readonly SegmentSpan[],
  policy: EncodePolicy,
): Promise<readonly Fragment[]> {
  const sound = await findSound(inputUrl, source, rendition, spans, policy);
  const args = audioSegmentsArgs(inputUrl, source, rendition, spans, sound);
  const { outputs, stderrTail } = await runFfmpeg(args, spans.length, policy);
  return spans.map((span, position) => {
    const expected = { span, timeline: rendition.timeline, kind: "audio" } as const;
    try {
      return checkFragment(outputs[position]!, expected);
    } catch (error) {
      if (!(error instanceof FragmentError)) throw error;
      throw new FragmentError([error.message, stderrTail].filter(Boolean).join(": "), { cause: error });
    }
  });
}

async function findSound(
  inputUrl: string,
  source: SourceInfo,
  rendition: SoundRendition,
  spans: readonly SegmentSpan[],
  policy: EncodePolicy,
): Promise<SoundSource> {
  if (await isSilent(inputUrl, source, rendition, spans, policy)) return { kind: "silence" };
  const { track } = rendition.audio;
  if (!needsAnchor(track)) return { kind: "track" };
  const wanted = firstInputSample(rendition, spans[0]!);
  const options = { signal: policy.signal, timeoutMs: LOOK_TIMEOUT_MS };
  return { kind: "track", anchor: await findSoundAnchor(inputUrl, source, track, wanted, options) };
}

/** A look at the packets themselves: the probe has only sampled a track that is over early. */
async function isSilent(
  inputUrl: string,
  source: SourceInfo,
  rendition: SoundRendition,
  spans: readonly SegmentSpan[],
  { signal }: EncodePolicy,
): Promise<boolean> {
  const part = possiblySilentPart(source, rendition, spans);
  if (!part) return false;
  const interval = `${toDecimal(max(part.from, ZERO), 3)}%${toDecimal(part.to, 3)}`;
  const options = { signal, timeoutMs: LOOK_TIMEOUT_MS };
  const packets = await readPackets(inputUrl, interval, undefined, options);
  return packets.every((packet) => packet.stream_index !== rendition.audio.track.streamIndex);
}

/** Encoders keep to their rate, and sources to the one they declare; should one ever not, BANDWIDTH must not become a lie. */
function withinLimit(fragment: Fragment, { audio, timeline }: SoundRendition, span: SegmentSpan): Fragment {
  const limit = segmentByteLimit(
    audio.peakBitrate,
    divide(rational(span.endUnit - span.firstUnit), timeline.rate),
  );
  if (fragment.media.length <= limit) return fragment;
  throw new FragmentError(
    `sound segment ${span.index} has ${fragment.media.length} bytes, ${limit} are allowed`,
  );
}
