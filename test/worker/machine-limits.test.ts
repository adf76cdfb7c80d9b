import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readMachineLimits } from "../../worker/machine-limits.ts";

const GIB = 2 ** 30;
const machine = { processors: 16, memoryBytes: 64 * GIB };

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "seamline-machine-"));
});
afterEach(() => rm(root, { recursive: true }));

/** @param files by their paths below the root, as the kernel shows them. */
async function limitsOf(files: Readonly<Record<string, string>>) {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), `${text}\n`);
  }
  return readMachineLimits(root, machine);
}

const V2 = "sys/fs/cgroup";

describe("the limits of", () => {
  it("a system without control groups are the machine's", async () => {
    expect(await limitsOf({})).toEqual(machine);
  });

  it("a container are those of its group, which it sees at the top", async () => {
    const files = {
      "proc/self/cgroup": "0::/",
      [`${V2}/cpu.max`]: "50000 100000",
      [`${V2}/memory.max`]: `${2 * GIB}`,
    };
    expect(await limitsOf(files)).toEqual({ processors: 0.5, memoryBytes: 2 * GIB });
  });

  it("a group without limits are the machine's", async () => {
    const files = {
      "proc/self/cgroup": "0::/user.slice/a.service",
      [`${V2}/user.slice/a.service/cpu.max`]: "max 100000",
      [`${V2}/user.slice/a.service/memory.max`]: "max",
    };
    expect(await limitsOf(files)).toEqual(machine);
  });

  it("a nested group are the lowest of all above it", async () => {
    const files = {
      "proc/self/cgroup": "0::/pod/box",
      [`${V2}/pod/cpu.max`]: "150000 100000",
      [`${V2}/pod/memory.max`]: `${8 * GIB}`,
      [`${V2}/pod/box/cpu.max`]: "400000 100000",
      [`${V2}/pod/box/memory.max`]: `${4 * GIB}`,
    };
    expect(await limitsOf(files)).toEqual({ processors: 1.5, memoryBytes: 4 * GIB });
  });

  it("a group outside what the container sees are those that it sees", async () => {
    const files = { "proc/self/cgroup": "0::/../../other", [`${V2}/cpu.max`]: "200000 100000" };
    expect(await limitsOf(files)).toEqual({ ...machine, processors: 2 });
  });

  const version1 = [
    "11:memory:/docker/5f0e",
    "4:cpu,cpuacct:/docker/5f0e",
    "1:name=systemd:/docker/5f0e",
    "0::/",
  ].join("\n");

  it("a group of version 1 are in a hierarchy for each controller", async () => {
    const files = {
      "proc/self/cgroup": version1,
      [`${V2}/cpu/docker/5f0e/cpu.cfs_quota_us`]: "250000",
      [`${V2}/cpu/docker/5f0e/cpu.cfs_period_us`]: "100000",
      [`${V2}/memory/docker/5f0e/memory.limit_in_bytes`]: `${3 * GIB}`,
      [`${V2}/memory/memory.limit_in_bytes`]: "9223372036854771712",
    };
    expect(await limitsOf(files)).toEqual({ processors: 2.5, memoryBytes: 3 * GIB });
  });

  it("a container of version 1, which sees the host's path and its own group at the top", async () => {
    const files = {
      "proc/self/cgroup": version1,
      [`${V2}/cpu/cpu.cfs_quota_us`]: "50000",
      [`${V2}/cpu/cpu.cfs_period_us`]: "100000",
      [`${V2}/memory/memory.limit_in_bytes`]: `${GIB}`,
    };
    expect(await limitsOf(files)).toEqual({ processors: 0.5, memoryBytes: GIB });
  });

  it("a group of version 1 without limits are the machine's", async () => {
    const files = {
      "proc/self/cgroup": version1,
      [`${V2}/cpu/cpu.cfs_quota_us`]: "-1",
      [`${V2}/cpu/cpu.cfs_period_us`]: "100000",
      [`${V2}/memory/memory.limit_in_bytes`]: "9223372036854771712",
    };
    expect(await limitsOf(files)).toEqual(machine);
  });

  it("what can't be understood are the machine's", async () => {
    const files = { "proc/self/cgroup": "garbage\n0::/", [`${V2}/cpu.max`]: "?", [`${V2}/memory.max`]: "-5" };
    expect(await limitsOf(files)).toEqual(machine);
  });
});
