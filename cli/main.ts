#!/usr/bin/env node
import { ConfigError } from "../shared/config.ts";
import { mediaDisk } from "../shared/node/disk-calls.ts";
import { gateway } from "./gateway.ts";
import { serve } from "./serve.ts";
import { sign } from "./sign.ts";
import { ToldToStopError } from "./stop-signal.ts";
import { worker } from "./worker.ts";

const USAGE = `Usage: seamline <command> [folder] [--port 8080] [--storage-dir folder] …

  serve [folder]    serve every film in a folder as adaptive HLS, made as it is watched
  worker [folder]   encode for a fleet that shares a Redis and a storage folder
  gateway           Redis over REST, for clients that can't open a TCP connection
  sign <path>       print a link that opens one title, or a folder/ of them, where AUTH_SECRET is set
                    (--expires 90m, 6h or 7d; --viewer id)

Every setting of the environment is also a flag: MEDIA_DIR is --media-dir. See the README for all of them.
`;

/** Exit codes: 0 done, 1 failed, 2 used wrongly. */
async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  if (command === "--help" || command === "-h" || command === "help") {
    process.stdout.write(USAGE);
    return 0;
  }
  if (command === "serve") return serve(rest);
  if (command === "worker") return worker(rest);
  if (command === "gateway") return gateway(rest);
  if (command === "sign") return sign(rest);
  process.stderr.write(command ? `seamline: there is no command “${command}”.\n\n${USAGE}` : USAGE);
  return 2;
}

// A call that hangs keeps a process from ending, even by `exit`: it waits for all of its threads.
process.on("exit", () => {
  if (mediaDisk.hanging > 0) process.kill(process.pid, "SIGKILL");
});

try {
  process.exitCode = await main(process.argv.slice(2));
  if (mediaDisk.hanging > 0) process.exit();
} catch (error) {
  // Told to stop before it had begun.
  if (error instanceof ToldToStopError) process.exit(0);
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`seamline: ${error.message}\n`);
  // A connection that was opened already must not keep a failed start alive.
  process.exit(2);
}
