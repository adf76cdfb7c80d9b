import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Diagnosis } from "../../cli/doctor/diagnosis.ts";
import { findMount, lookAtNfs } from "../../cli/doctor/look-at-mount.ts";
import { type RedisServer, startRedis } from "../support/redis-server.ts";
import { runProgram } from "../support/run-program.ts";
import { runSeamline } from "../support/seamline.ts";
import { smallFilm } from "./small-film.ts";

describe("seamline doctor", () => {
  let work: string;
  let redis: RedisServer;

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), "seamline-doctor-"));
    await cp(await smallFilm(), join(work, "film.mkv"));
    redis = await startRedis();
  });
  afterAll(async () => {
    await redis?.stop();
    await rm(work, { recursive: true, force: true });
  });

  const storage = () => join(work, "storage");
  async function look(...flags: string[]) {
    const { exitCode, stdout } = await runSeamline(["doctor", "--json", "--port", "0", ...flags]);
    const { diagnoses } = JSON.parse(stdout) as { diagnoses: Diagnosis[] };
    return { exitCode, of: (name: string) => diagnoses.find((one) => one.name === name), diagnoses };
  }

  test("finds a node well that has all it needs, and another one on the same storage", async () => {
    const first = await look(
      work,
      "--storage-dir",
      storage(),
      "--redis-url",
      redis.url,
      "--worker-id",
      "first",
    );
    expect(first.diagnoses.filter(({ status }) => status === "fail")).toEqual([]);
    expect(first.exitCode).toBe(0);
    for (const name of [
      "node",
      "ffmpeg",
      "ffmpeg: libx264",
      "films",
      "storage: link",
      "redis",
      "redis: permissions",
    ])
      expect(first.of(name)?.status).toBe("ok");
    expect(first.of("films")?.found).toMatch(/^1 film in /);
    const second = await look(work, "--storage-dir", storage(), "--worker-id", "second");
    expect(second.of("storage: nodes")?.found).toMatch(/^seen first \d+ s ago$/);
  });

  test("tries encoders in hardware, and fails over one that is to be used and can't be", async () => {
    const { of } = await look(work, "--storage-dir", storage(), "--encoder", "amf");
    expect(of("encoder: amf")).toMatchObject({ status: "fail", cure: expect.stringContaining("ENCODER") });
    expect(of("encoder: nvenc")).toMatchObject({ status: "ok" });
  });

  test("names what is missing, and the cure, and fails", async () => {
    await writeFile(join(work, "a-file"), "");
    const url = "redis://127.0.0.1:1";
    const { exitCode, of } = await look(
      join(work, "nothing"),
      "--storage-dir",
      join(work, "a-file/x"),
      "--redis-url",
      url,
    );
    expect(exitCode).toBe(1);
    for (const name of ["films", "storage: write and fsync", "redis"])
      expect(of(name)).toMatchObject({ status: "fail", cure: expect.stringMatching(/\w/) });
  });

  test("comes to an end where storage takes no folder, or does not answer", async () => {
    const refused = await look(work, "--storage-dir", "/proc/seamline");
    expect(refused.exitCode).toBe(1);
    expect(refused.of("storage: write and fsync")).toMatchObject({
      ...{ status: "fail", found: "/proc/seamline: ENOENT" },
      cure: expect.stringContaining("STORAGE_DIR"),
    });
    const silent = join(work, "silent");
    await mkdir(join(silent, "tmp"), { recursive: true });
    // Whoever opens it waits for somebody to write.
    await runProgram("mkfifo", [join(silent, "tmp/doctor-other")]);
    const { of } = await look(work, "--storage-dir", silent);
    expect(of("storage: link")).toMatchObject({ status: "ok" });
    expect(of("storage: nodes")).toMatchObject({
      ...{ status: "fail", found: "no answer within 5 s" },
      cure: expect.stringMatching(/^see whether its disk/),
    });
  });

  test("says which commands a Redis refuses, and that it evicts", async () => {
    const admin = new Redis(redis.url);
    await admin.call("ACL", "SETUSER", "limited", "on", ">secret", "~*", "&*", "+@all", "-zadd", "-publish");
    await admin.config("SET", "maxmemory", "50mb");
    await admin.config("SET", "maxmemory-policy", "allkeys-lru");
    admin.disconnect();
    const url = redis.url.replace("//", "//limited:secret@");
    const { exitCode, of } = await look(work, "--storage-dir", storage(), "--redis-url", url);
    expect(exitCode).toBe(1);
    expect(of("redis: permissions")).toMatchObject({ status: "fail", found: "ZADD, PUBLISH refused" });
    expect(of("redis: eviction")).toMatchObject({ status: "warn", found: "allkeys-lru" });
  });

  test("tells people the same, a line each", async () => {
    const taken = createServer().listen(0);
    await once(taken, "listening");
    const { port } = taken.address() as { port: number };
    const { stdout } = await runSeamline(["doctor", work, "--storage-dir", storage(), "--port", `${port}`]);
    taken.close();
    expect(stdout).toMatch(/^ok {4}node +20\.|^ok {4}node +2\d\./);
    expect(stdout).toMatch(new RegExp(`\nwarn  port ${port} +in use\n {6}→ if that is not Seamline itself`));
  });

  test("reads how storage is mounted", () => {
    const table = "/dev/sda / ext4 rw 0 0\nnas:/x /mnt/my\\040films nfs4 rw,vers=4.1,soft 0 0\n";
    expect(findMount(table, "/mnt/other")?.type).toBe("ext4");
    const mount = findMount(table, "/mnt/my films/segments")!;
    expect(lookAtNfs(mount).map(({ found }) => found)).toEqual([
      "mounted soft",
      "version 4.1",
      "remembers names that were missing",
    ]);
    const good = { ...mount, options: ["vers=4.2", "hard", "lookupcache=pos"] };
    expect(lookAtNfs(good)).toMatchObject([{ status: "ok" }]);
  });
});
