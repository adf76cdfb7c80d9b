import { readFile } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { dirname, join } from "node:path";
import type { MachineLimits } from "./concurrency.ts";

/** Of the whole machine, whatever the container may have of it. */
const wholeMachine = (): MachineLimits => ({ processors: availableParallelism(), memoryBytes: totalmem() });

/**
 * What this process may use: the machine, or less where its control group or one above it says so. Of
 * quotas of processor time Node.js itself knows nothing before version 24.
 * @param root where `/proc` and `/sys` are.
 */
export async function readMachineLimits(root = "/", machine = wholeMachine()): Promise<MachineLimits> {
  const groups = parseGroups(await read(root, "proc/self/cgroup"));
  const [quotas, limits] = await Promise.all([
    Promise.all(foldersOf(groups, "cpu").map((folder) => readQuota(root, folder))),
    Promise.all(foldersOf(groups, "memory").map((folder) => readMemoryLimit(root, folder))),
  ]);
  return {
    processors: Math.min(machine.processors, ...quotas),
    memoryBytes: Math.min(machine.memoryBytes, ...limits),
  };
}

interface Group {
  /** None: version 2, where one hierarchy has them all. */
  readonly controllers: readonly string[];
  readonly path: string;
}

/** Lines such as `0::/user.slice` and `4:cpu,cpuacct:/docker/5f0e`. */
function parseGroups(text: string): Group[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\d+:([^:]*):(\/.*)$/.exec(line);
    return match ? [{ controllers: match[1]!.split(",").filter(Boolean), path: match[2]! }] : [];
  });
}

/**
 * The folders of a process's group and of all above it. Inside a container its own group may lie at the
 * top, and the path, which is the host's, lead nowhere: limits are looked for along the way up.
 */
function foldersOf(groups: readonly Group[], controller: string): string[] {
  return groups.flatMap(({ controllers, path }) => {
    if (controllers.length > 0 && !controllers.includes(controller)) return [];
    const hierarchy = controllers.length > 0 ? controller : "";
    return ancestors(path).map((ancestor) => join("sys/fs/cgroup", hierarchy, ancestor));
  });
}

function ancestors(path: string): string[] {
  // A group above what the container sees is written as `/..`.
  const inside = join("/", path);
  return inside === "/" ? ["/"] : [inside, ...ancestors(dirname(inside))];
}

async function readQuota(root: string, folder: string): Promise<number> {
  const [quota, period] = (await read(root, folder, "cpu.max")).split(" ");
  if (quota && period) return quota === "max" ? Infinity : Number(quota) / Number(period);
  const [quotaUs, periodUs] = await Promise.all([
    read(root, folder, "cpu.cfs_quota_us"),
    read(root, folder, "cpu.cfs_period_us"),
  ]);
  // -1: none.
  return Number(quotaUs) > 0 && Number(periodUs) > 0 ? Number(quotaUs) / Number(periodUs) : Infinity;
}

async function readMemoryLimit(root: string, folder: string): Promise<number> {
  const text =
    (await read(root, folder, "memory.max")) || (await read(root, folder, "memory.limit_in_bytes"));
  return /^\d+$/.test(text) ? Number(text) : Infinity;
}

/** Empty where there is no such file, as on systems other than Linux. */
async function read(...path: readonly string[]): Promise<string> {
  return (await readFile(join(...path), "utf8").catch(() => "")).trim();
}
