import {
  type EncodedPacket,
  EncodedPacketSink,
  FilePathSource,
  Input,
  type InputVideoTrack,
  MATROSKA,
  MP4,
  MPEG_TS,
  type PacketRetrievalOptions,
  QTFF,
  UrlSource,
  WEBM,
} from "mediabunny";
import type { PictureInput } from "./packet-requests.ts";

/** FFmpeg's names of codecs to the library's. */
const CODECS = { h264: "avc", hevc: "hevc", av1: "av1", vp9: "vp9" } as const;
const FAMILIES = new Map(Object.entries(CODECS).map(([family, codec]) => [codec as string, family]));
/** Bytes of the file that are kept. */
const CACHE_BYTES = 16 * 2 ** 20;

/** A source's picture, open to be read packet by packet. */
export interface OpenPicture {
  readonly inputUrl: string;
  readonly track: InputVideoTrack;
  /** FFmpeg's name of its codec. */
  readonly family: string;
  readonly packets: EncodedPacketSink;
  /** Such as `video/x-matroska`. */
  readonly mimeType: string;
  /** All packets from one on, in decoding order. @throws where they come to no end. */
  from(first: EncodedPacket | undefined, options?: PacketRetrievalOptions): AsyncGenerator<EncodedPacket>;
  close(): void;
}

/** So many packets are a sign of life. */
const PACKETS_A_SIGN = 1000;

/** @param onProgress told now and then while packets are read. */
export async function openPicture(
  { inputUrl, codec }: PictureInput,
  onProgress: () => void,
): Promise<OpenPicture> {
  const source = inputUrl.startsWith("file:")
    ? new FilePathSource(inputUrl.slice("file:".length), {
        maxCacheSize: CACHE_BYTES,
        handleUnhandledError: () => {},
      })
    : new UrlSource(inputUrl, {
        maxCacheSize: CACHE_BYTES,
        handleUnhandledError: () => {},
        // The relay that it asks has its own ways with a host that falters.
        getRetryDelay: () => null,
      });
  const input = new Input({ source, formats: [MP4, QTFF, MATROSKA, WEBM, MPEG_TS] });
  try {
    const tracks = await input.getVideoTracks();
    const familyOf = (track: InputVideoTrack) => FAMILIES.get(track.codec ?? "");
    const track = tracks.find((candidate) => {
      const family = familyOf(candidate);
      return family !== undefined && (codec === undefined || family === codec);
    });
    if (!track) throw new Error("Its packets can't be told apart.");
    const { mimeType } = await input.getFormat();
    const packets = new EncodedPacketSink(track);
    return {
      ...{ inputUrl, track, family: familyOf(track)!, packets, mimeType },
      from: (first, options) => packetsFrom(packets, first, options, onProgress),
      close: () => input.dispose(),
    };
  } catch (error) {
    input.dispose();
    throw error;
  }
}

/** One by one: the library's own iterator reads ahead, and goes on with that when nobody wants it any more. */
async function* packetsFrom(
  packets: EncodedPacketSink,
  first: EncodedPacket | undefined,
  options: PacketRetrievalOptions | undefined,
  onProgress: () => void,
): AsyncGenerator<EncodedPacket> {
  let packet = first ?? (await packets.getFirstPacket(options));
  for (let count = 1; packet; count++) {
    if (count % PACKETS_A_SIGN === 0) onProgress();
    yield packet;
    const next: EncodedPacket | null = await packets.getNextPacket(packet, options);
    // A damaged file may lead back to where it has been.
    if (next && next.sequenceNumber <= packet.sequenceNumber)
      throw new Error("Its packets don't follow each other.");
    packet = next;
  }
}
