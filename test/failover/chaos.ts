import { expect } from "vitest";
import type { ContainerFleet } from "./container-fleet.ts";

/** What befalls a fleet, and how often of a hundred times. */
const WEIGHTS = {
  "kill a worker": 62,
  "end a worker": 8,
  "pause a worker": 8,
  "cut a worker off": 8,
  "kill a gateway": 5,
  "kill Redis": 4,
  "empty Redis": 3,
  "flush scripts": 2,
} as const;

export type Mishap = keyof typeof WEIGHTS;

/** Seeded misfortune: the same seed chooses the same mishaps, whatever the fleet happens to be doing. */
export class Chaos {
  readonly counts = new Map<Mishap, number>();
  readonly #fleet: ContainerFleet;
  readonly #random: () => number;
  /** How often Redis forgot everything; a job may be done once in each life of it. */
  life = 0;

  constructor(fleet: ContainerFleet, random: () => number) {
    this.#fleet = fleet;
    this.#random = random;
  }

  /** Processes that were killed so far. */
  get kills(): number {
    return ["kill a worker", "kill a gateway", "kill Redis"].reduce(
      (sum, mishap) => sum + (this.counts.get(mishap as Mishap) ?? 0),
      0,
    );
  }

  /** One mishap; when this returns, it is over, and what was killed runs again. */
  async strike(): Promise<void> {
    const mishap = this.#choose();
    const choice = this.#random();
    await this.#happen(mishap, choice);
    this.counts.set(mishap, (this.counts.get(mishap) ?? 0) + 1);
  }

  #choose(): Mishap {
    const total = Object.values(WEIGHTS).reduce((sum, weight) => sum + weight, 0);
    let rest = this.#random() * total;
    for (const [mishap, weight] of Object.entries(WEIGHTS)) {
      rest -= weight;
      if (rest < 0) return mishap as Mishap;
    }
    return "kill a worker";
  }

  async #happen(mishap: Mishap, choice: number): Promise<void> {
    const { leases, redis, gateways } = this.#fleet;
    switch (mishap) {
      case "kill a gateway": {
        const gateway = gateways[Math.floor(choice * gateways.length)]!;
        await gateway.kill();
        await gateway.start();
        return;
      }
      case "kill Redis":
        this.life += 1;
        await redis.kill();
        await redis.start();
        return;
      case "empty Redis":
        this.life += 1;
        await leases.command("flushall");
        return;
      case "flush scripts":
        await leases.command("script", "flush");
        return;
      default:
        return this.#happenToWorker(mishap, choice);
    }
  }

  async #happenToWorker(mishap: Mishap, choice: number): Promise<void> {
    const id = await this.#victim(choice);
    const worker = this.#fleet.workers.get(id)!;
    if (mishap === "kill a worker") await worker.kill();
    if (mishap === "end a worker") await worker.terminate();
    if (mishap === "pause a worker") {
      await worker.pause();
      await this.#untilReplaced(id);
      await worker.resume();
    } else if (mishap === "cut a worker off") {
      await worker.cutOff();
      await this.#untilReplaced(id);
      await worker.rejoin();
    } else {
      await worker.start();
    }
  }

  /** Those that are at work come first. */
  async #victim(choice: number): Promise<string> {
    const held = await this.#fleet.leases.held();
    const ids = [...this.#fleet.workers.keys()];
    const atWork = ids.filter((id) => held.some(({ worker }) => worker === id));
    const candidates = atWork.length > 0 ? atWork : ids;
    return candidates[Math.floor(choice * candidates.length)]!;
  }

  /** Until all that a worker held has gone to others. */
  async #untilReplaced(id: string): Promise<void> {
    const held = async () => (await this.#fleet.leases.held()).filter(({ worker }) => worker === id);
    await expect.poll(held, { interval: 100, timeout: 60_000 }).toEqual([]);
  }
}
