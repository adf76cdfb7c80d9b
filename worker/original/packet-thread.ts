import { parentPort } from "node:worker_threads";
import { openPicture } from "./open-picture.ts";
import type { PacketProgress, PacketReply, PacketRequest } from "./packet-requests.ts";
import { readKeyframes } from "./read-keyframes.ts";
import { readPackets } from "./read-packets.ts";

/** A thread that takes sources apart, one request after the other: what a hostile one does to it ends with it. */
parentPort!.on("message", async (request: PacketRequest) => {
  const reply = await answer(request);
  const data = reply.kind === "answer" && "data" in reply.answer ? reply.answer.data : undefined;
  parentPort!.postMessage(reply, data ? [data.buffer as ArrayBuffer] : []);
});

async function answer(request: PacketRequest): Promise<PacketReply> {
  try {
    const picture = await openPicture(request, sayProgress);
    try {
      const work =
        request.kind === "keyframes" ? readKeyframes(picture, request) : readPackets(picture, request);
      return { kind: "answer", answer: await work };
    } finally {
      picture.close();
    }
  } catch (error) {
    return { kind: "failed", reason: error instanceof Error ? error.message : String(error) };
  }
}

function sayProgress(): void {
  parentPort!.postMessage({ kind: "progress" } satisfies PacketProgress);
}
