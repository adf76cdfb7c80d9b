#!/usr/bin/env node
import { ConfigError } from "../shared/config.ts";
import { FaultError } from "../shared/fault.ts";
import { hangingDiskCalls } from "../shared/node/disk-calls.ts";
import { runCommandLine } from "./program.ts";
import { InterruptedError, ToldToStopError } from "./stop-signal.ts";

// A call that hangs keeps a process from ending, even by `exit`: it waits for all of its threads.
process.on("exit", () => {
  if (hangingDiskCalls() > 0) process.kill(process.pid, "SIGKILL");
});
// Whoever reads has seen enough (`| head`).
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  process.exitCode = await runCommandLine(process.argv.slice(2));
  if (hangingDiskCalls() > 0) process.exit();
} catch (error) {
  // Told to stop before it had begun.
  if (error instanceof ToldToStopError) process.exit(0);
  if (error instanceof InterruptedError) {
    process.stderr.write(`seamline: ${error.message}\n`);
    process.exit(error.exitCode);
  }
  if (!(error instanceof ConfigError || error instanceof FaultError)) throw error;
  process.stderr.write(`seamline: ${error.message}\n`);
  // A connection that was opened already must not keep a failed start alive.
  process.exit(error instanceof ConfigError ? 2 : 1);
}
