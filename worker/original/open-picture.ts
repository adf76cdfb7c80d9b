import {
  EncodedPacketSink,
  FilePathSource,
  Input,
  type InputVideoTrack,
  MATROSKA,
  MP4,
  MPEG_TS,
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
  close(): void;
}

export async function openPicture({ inputUrl, codec }: PictureInput): Promise<OpenPicture> {
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
    return {
      ...{ inputUrl, track, family: familyOf(track)!, packets: new EncodedPacketSink(track), mimeType },
      close: () => input.dispose(),
    };
  } catch (error) {
    input.dispose();
    throw error;
  }
}
