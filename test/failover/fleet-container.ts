import { getContainerRuntimeClient, type StartedTestContainer } from "testcontainers";

/** The engine's own interface, for what befalls containers. */
export const { dockerode: docker } = (await getContainerRuntimeClient()).container;

const PAUSE_ATTEMPTS = 10;

/** One container of a fleet, and what may befall it. */
export class FleetContainer {
  readonly container: StartedTestContainer;
  readonly #network: string;
  readonly #aliases: readonly string[];

  /** @param network name of the one that Redis is in, where it goes by these names. */
  constructor(container: StartedTestContainer, network: string, aliases: readonly string[] = []) {
    this.container = container;
    this.#network = network;
    this.#aliases = aliases;
  }

  /** Where its port 8080 is reached from here; ends in `/`. */
  get url(): string {
    return `http://127.0.0.1:${this.container.getMappedPort(8080)}/`;
  }

  /** SIGKILL to all that is in it, as a power cut would. */
  async kill(): Promise<void> {
    await this.#handle.kill({ signal: "SIGKILL" });
  }

  /** What was killed or has ended runs again, with an empty memory. */
  async start(): Promise<void> {
    await this.#handle.start();
  }

  /** SIGTERM, and SIGKILL to what is left after `graceSeconds`; its exit code. */
  async terminate(graceSeconds = 20): Promise<number> {
    await this.#handle.stop({ t: graceSeconds });
    return (await this.#handle.wait()).StatusCode as number;
  }

  /** Nothing in it runs until `resume`. */
  async pause(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#handle.pause();
      } catch (error) {
        // The kernel's freezer (cgroup v1) may lose a race against a program that is just being started.
        if (attempt === PAUSE_ATTEMPTS || !String(error).includes("unable to freeze")) throw error;
      }
    }
  }

  async resume(): Promise<void> {
    await this.#handle.unpause();
  }

  /** Redis is out of its reach, and it out of Redis's. */
  async cutOff(): Promise<void> {
    await docker.getNetwork(this.#network).disconnect({ Container: this.container.getId(), Force: true });
  }

  async rejoin(): Promise<void> {
    await docker.getNetwork(this.#network).connect({
      Container: this.container.getId(),
      EndpointConfig: { Aliases: [...this.#aliases] },
    });
  }

  /** Command lines of the programs that run in it. */
  async programs(): Promise<readonly string[]> {
    const { Titles: titles, Processes: processes } = (await this.#handle.top()) as {
      Titles: string[];
      Processes: string[][];
    };
    return processes.map((columns) => columns[titles.indexOf("CMD")]!);
  }

  /** The command line of a program that begins so, once it runs. */
  async waitForProgram(beginning: string): Promise<string> {
    for (const until = performance.now() + 20_000; performance.now() < until; ) {
      const program = (await this.programs()).find((line) => line.startsWith(beginning));
      if (program) return program;
    }
    throw new Error(`no ${beginning.trim()} is started`);
  }

  /** All that it has printed. */
  async log(): Promise<string> {
    return String(await this.#handle.logs({ follow: false, stdout: true, stderr: true }));
  }

  async remove(): Promise<void> {
    await this.#handle.remove({ force: true, v: true });
  }

  get #handle() {
    return docker.getContainer(this.container.getId());
  }
}
