import { execFile } from "node:child_process";

/** Reads its own parent only once the kernel has been told: from then on, a dead parent is seen either way. */
const UNLESS_ORPHAN = '[ "$PPID" = "$0" ] || exit 1; exec "$@"';

let prefix: Promise<readonly string[]> | undefined;

/**
 * Words to put before a program so that the kernel kills it when this process dies, even by SIGKILL, at
 * whatever moment. None where the kernel or util-linux's `setpriv` can't do that. The signal follows the
 * thread that started the program: where that isn't the main one, the thread's end is the program's too.
 */
export function deathSignalPrefix(): Promise<readonly string[]> {
  prefix ??= new Promise((resolve) => {
    const words = ["setpriv", "--pdeathsig", "KILL"];
    // BusyBox has a setpriv that doesn't know the option.
    execFile(words[0]!, [...words.slice(1), "true"], { timeout: 5000 }, (error) =>
      resolve(error ? [] : [...words, "sh", "-c", UNLESS_ORPHAN, `${process.pid}`]),
    );
  });
  return prefix;
}
