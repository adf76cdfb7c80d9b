import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { GenericContainer, Wait } from "testcontainers";
import { docker, FleetContainer } from "../failover/fleet-container.ts";
import type { FleetStorage } from "../failover/fleet-storage.ts";
import { OWNER } from "../failover/owner.ts";

const CLIENT_MEMORY_MB = 384;

/** A real NFS server whose export a fleet shares, and what may befall it. */
export class NfsServer implements FleetStorage {
  readonly volumes: FleetStorage["volumes"];
  readonly image?: string;
  readonly oneNetwork: boolean;
  readonly #server: FleetContainer;

  /** @param sizeMb of the export. */
  static async start(network: string, sizeMb = 128): Promise<NfsServer> {
    const container = await new GenericContainer("seamline-nfs-server:test")
      .withLabels(OWNER)
      .withAddedCapabilities("SYS_ADMIN", "DAC_READ_SEARCH", "NET_ADMIN")
      .withTmpFs({ "/ram": `rw,size=${sizeMb}m` })
      .withNetworkMode(network)
      .withNetworkAliases("nfs")
      .withWaitStrategy(Wait.forLogMessage(/NFS SERVER INITIALIZED/))
      .start();
    const server = new FleetContainer(container, network, ["nfs"]);
    if (!(await kernelHasNfs())) return new NfsServer(server, []);
    const source = await createNfsVolume(container.getIpAddress(network));
    return new NfsServer(server, [{ source, target: "/segments" }]);
  }

  /** @param volumes of the kernel's own client; without one, programs bring a kernel of theirs. */
  private constructor(server: FleetContainer, volumes: FleetStorage["volumes"]) {
    this.#server = server;
    this.volumes = volumes;
    this.oneNetwork = volumes.length === 0;
    if (volumes.length === 0) this.image = "seamline-nfs-client:test";
  }

  prepare(container: GenericContainer): GenericContainer {
    if (this.volumes.length > 0) return container.withDroppedCapabilities("ALL");
    return container
      .withAddedCapabilities("NET_ADMIN")
      .withTmpFs({ "/uml": `rw,exec,size=${2 * CLIENT_MEMORY_MB}m` })
      .withEnvironment({
        NFS_SERVER: "nfs",
        UML_HOSTS: "redis-rest",
        UML_MEMORY: `${CLIENT_MEMORY_MB}M`,
        STORAGE_DIR: "/segments",
      });
  }

  pause(): Promise<void> {
    return this.#server.pause();
  }

  resume(): Promise<void> {
    return this.#server.resume();
  }

  /** SIGKILL to the server alone, which is started again after 3 s. */
  async kill(): Promise<void> {
    await this.run("pkill", "-KILL", "ganesha");
  }

  async turnReadOnly(yes: boolean): Promise<void> {
    await this.run("mount", "-o", `remount,bind,${yes ? "ro" : "rw"}`, "/export");
  }

  /** No packet comes through until `rejoin`; its address stays. */
  async cutOff(): Promise<void> {
    await this.run("ip", "link", "set", "eth0", "down");
  }

  async rejoin(): Promise<void> {
    await this.run("ip", "link", "set", "eth0", "up");
  }

  /** Runs a command where the export lies, at `/export`; what it prints. */
  async run(...command: string[]): Promise<string> {
    const { output, exitCode } = await this.#server.container.exec(command);
    if (exitCode !== 0) throw new Error(`${command.join(" ")} ended with ${exitCode}: ${output}`);
    return output;
  }

  async remove(): Promise<void> {
    await this.#server.remove();
    for (const { source } of this.volumes) await docker.getVolume(source).remove();
  }
}

async function kernelHasNfs(): Promise<boolean> {
  return /\bnfs4\b/.test(await readFile("/proc/filesystems", "utf8"));
}

async function createNfsVolume(address: string): Promise<string> {
  const name = `seamline-test-${randomUUID()}`;
  await docker.createVolume({
    Name: name,
    Labels: OWNER,
    DriverOpts: { type: "nfs", o: `addr=${address},nfsvers=4.2,rw,hard`, device: ":/export" },
  });
  return name;
}
