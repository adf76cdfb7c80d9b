import { readdir, readFile } from "node:fs/promises";

/** How a process is, as Linux sees it. */
export interface Vitals {
  readonly residentMb: number;
  readonly openFiles: number;
  /** Programs that it runs, zombies included. */
  readonly children: number;
}

export async function readVitals(pid: number): Promise<Vitals> {
  const [status, openFiles, children] = await Promise.all([
    readFile(`/proc/${pid}/status`, "utf8"),
    readdir(`/proc/${pid}/fd`),
    countChildren(pid),
  ]);
  const residentKb = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]);
  return { residentMb: residentKb / 1024, openFiles: openFiles.length, children };
}

async function countChildren(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const lists = await Promise.all(
    // A thread may end between the listing and the look.
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, "utf8").catch(() => "")),
  );
  return lists.join(" ").split(" ").filter(Boolean).length;
}
