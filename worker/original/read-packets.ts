import type { EncodedPacket } from "mediabunny";
import type { OpenPicture } from "./open-picture.ts";
import type { PacketRequest, Packets } from "./packet-requests.ts";

/** Packets after the next keyframe that could be shown before it. */
const LEADING_PACKETS = 16;

/** The packets from one keyframe to another, or to the end. */
export async function readPackets(
  { track, packets, mimeType, from: packetsFrom }: OpenPicture,
  { from, until, maxBytes }: Extract<PacketRequest, { kind: "packets" }>,
): Promise<Packets> {
  const timescale = await track.getTimeResolution();
  const ticksOf = (seconds: number) => Math.round(seconds * timescale);
  const first = await packets.getKeyPacket((from + 0.5) / timescale);
  if (!first || ticksOf(first.timestamp) !== from)
    throw new Error("There is no keyframe where one was found before.");
  const taken: EncodedPacket[] = [];
  let bytes = 0;
  let next: EncodedPacket | undefined;
  for await (const packet of packetsFrom(first)) {
    if (until !== undefined && packet.type === "key" && ticksOf(packet.timestamp) >= until) {
      next = packet;
      break;
    }
    taken.push(packet);
    bytes += packet.byteLength;
    if (bytes > maxBytes) throw new Error(`A segment would have more than ${maxBytes} bytes.`);
  }
  if (until !== undefined && (!next || ticksOf(next.timestamp) !== until))
    throw new Error("There is no keyframe where one was found before.");
  const data = new Uint8Array(bytes);
  let offset = 0;
  for (const packet of taken) {
    data.set(packet.data, offset);
    offset += packet.byteLength;
  }
  return {
    times: taken.map(({ timestamp }) => ticksOf(timestamp)),
    keys: taken.map(({ type }) => type === "key"),
    sizes: taken.map(({ byteLength }) => byteLength),
    end: next
      ? ticksOf(await earliestFrom(next))
      : Math.max(...taken.map(({ timestamp, duration }) => ticksOf(timestamp + duration))),
    data,
    isAnnexB: mimeType.startsWith("video/mp2t") || mimeType === "video/MP2T",
  };

  /** When the picture goes on: with that keyframe, or with a packet after it that is shown before it. */
  async function earliestFrom(key: EncodedPacket): Promise<number> {
    let earliest = key.timestamp;
    let packet: EncodedPacket | null = key;
    for (let count = 0; count < LEADING_PACKETS; count++) {
      packet = await packets.getNextPacket(packet, { metadataOnly: true });
      if (!packet || packet.type === "key") break;
      earliest = Math.min(earliest, packet.timestamp);
    }
    return earliest;
  }
}
