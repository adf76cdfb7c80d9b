#!/usr/bin/env node
import { ConfigError } from "../shared/config.ts";
import { gateway } from "./gateway.ts";
import { serve } from "./serve.ts";
import { worker } from "./worker.ts";

const USAGE = `Usage: seamline <command> [folder] [--port 8080] [--storage-dir folder] …

  serve [folder]    serve every film in a folder as adaptive HLS, made as it is watched
  worker [folder]   encode for a fleet that shares a Redis and a storage folder
  gateway           Redis over REST, for clients that can't open a TCP connection

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
  process.stderr.write(command ? `seamline: there is no command “${command}”.\n\n${USAGE}` : USAGE);
  return 2;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`seamline: ${error.message}\n`);
  process.exitCode = 2;
}
