import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Cuts off clients that take nothing of what is waiting for them: `stallMs` to twice that after they stopped.
 * What their answer held, a file perhaps, is free then. Waiting for an answer, or for more of one, is no stall.
 * Each connection is looked at as long as it lasts, so that requests cost nothing.
 */
export function cutStalledClients(server: Server, stallMs: number): void {
  server.on("connection", (socket: Socket) => {
    /** What it had taken when something was last seen to wait for it. */
    let before: number | undefined;
    const timer = setInterval(() => {
      const taken = socket.bytesWritten - socket.writableLength;
      const waits = socket.writableLength > 0;
      if (waits && taken === before) socket.destroy();
      before = waits ? taken : undefined;
    }, stallMs);
    socket.once("close", () => clearInterval(timer));
  });
}
