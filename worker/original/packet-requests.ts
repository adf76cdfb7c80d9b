/** Which picture of a source is meant. */
export interface PictureInput {
  readonly inputUrl: string;
  /** FFmpeg's name of its codec; undefined where that is not known yet. */
  readonly codec: string | undefined;
}

/** Where a source's packets can be cut. Times are ticks of the container's clock. */
export interface Keyframes {
  /** FFmpeg's name of the codec. */
  readonly family: string;
  /** Ticks a second. */
  readonly timescale: number;
  /** As in CODECS (RFC 6381); undefined where the file does not say what a player needs to know. */
  readonly codec: string | undefined;
  /** Presentation times, ascending. */
  readonly times: readonly number[];
  /** Bytes of the picture before each of them, or of the file. */
  readonly bytesBefore: readonly number[];
  readonly totalBytes: number;
  /** Where the last packet ends; undefined where only reading all of it would tell. */
  readonly end: number | undefined;
  /** Packets follow their keyframe that are shown before it, and need what came before. */
  readonly isOpen: boolean;
}

/** Packets from one keyframe up to another, in decoding order. */
export interface Packets {
  /** Presentation times, ticks of the container's clock. */
  readonly times: readonly number[];
  readonly keys: readonly boolean[];
  readonly sizes: readonly number[];
  /** When the packets after these begin to be shown; where there are none, when the last of these ends. */
  readonly end: number;
  /** All of them, one after the other. */
  readonly data: Uint8Array;
  /** NAL units stand behind start codes. */
  readonly isAnnexB: boolean;
}

/** What can be asked of a packet thread. */
export type PacketRequest =
  | ({
      readonly kind: "keyframes";
      /** Fails where the file has no index, and all of it would have to be read. */
      readonly indexedOnly: boolean;
    } & PictureInput)
  | ({
      readonly kind: "packets";
      /** Ticks; up to the end unless `until` is given. */
      readonly from: number;
      readonly until: number | undefined;
      readonly maxBytes: number;
    } & PictureInput);

export interface PacketAnswers {
  readonly keyframes: Keyframes;
  readonly packets: Packets;
}

export type PacketReply =
  | { readonly kind: "answer"; readonly answer: PacketAnswers[keyof PacketAnswers] }
  | { readonly kind: "failed"; readonly reason: string };

/** Said now and then while an answer takes long. */
export interface PacketProgress {
  readonly kind: "progress";
}
