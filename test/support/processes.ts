import { readFile } from "node:fs/promises";

/** Ids of the processes that a process has started and that have not been waited for. */
export async function childrenOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  return children.split(" ").filter(Boolean).map(Number);
}

/** Whether a process still runs. One that has ended and waits for whoever inherited it doesn't. */
export async function isRunning(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat !== "" && !/^[ZX] /.test(stat.slice(stat.lastIndexOf(")") + 2));
}

/** The name of the program that a process runs; empty once it is gone. */
export async function programOf(pid: number): Promise<string> {
  return (await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "")).trim();
}
