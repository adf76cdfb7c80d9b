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

/** A job that costs three workers their lives is given up, as it should be: chaos spares its third. */
const LAST_CHANCE = 3;

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
    if (await this.#happen(mishap, choice)) this.counts.set(mishap, (this.counts.get(mishap) ?? 0) + 1);
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

  /** @returns false where it would have been more than the fleet has to bear. */
  async #happen(mishap: Mishap, choice: number): Promise<boolean> {
    const { leases, redis, gateways } = this.#fleet;
    // Without Redis even a worker that lives may lose what it holds.
    if (mishap === "kill a gateway" || mishap === "kill Redis") {
      const held = async () => (await leases.held()).filter(({ attempt }) => attempt >= LAST_CHANCE);
      await expect.poll(held, { interval: 50, timeout: 60_000 }).toEqual([]);
    }
    switch (mishap) {
      case "kill a gateway": {
        const gateway = gateways[Math.floor(choice * gateways.length)]!;
        await gateway.kill();
        await gateway.start();
        return true;
      }
      case "kill Redis":
        this.life += 1;
        await redis.kill();
        await redis.start();
        return true;
      case "empty Redis":
        this.life += 1;
        await leases.command("flushall");
        return true;
      case "flush scripts":
        await leases.command("script", "flush");
        return true;
      default:
        return this.#happenToWorker(mishap, choice);
    }
  }

  async #happenToWorker(mishap: Mishap, choice: number): Promise<boolean> {
    const id = await this.#victim(choice);
    if (!id) return false;
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
    return true;
  }

  /** Those that are at work come first; those that hold a job's last chance are spared. */
  async #victim(choice: number): Promise<string | undefined> {
    // While this looks, and before it strikes, nobody is to begin at a last chance unnoticed.
    await expect.poll(() => this.#someLastChanceWaits(), { interval: 50, timeout: 60_000 }).toBe(false);
    const held = await this.#fleet.leases.held();
    const spared = held.filter(({ attempt }) => attempt >= LAST_CHANCE).map(({ worker }) => worker);
    const ids = [...this.#fleet.workers.keys()].filter((id) => !spared.includes(id));
    const atWork = ids.filter((id) => held.some(({ worker }) => worker === id));
    const candidates = atWork.length > 0 ? atWork : ids;
    return candidates[Math.floor(choice * candidates.length)];
  }

  async #someLastChanceWaits(): Promise<boolean> {
    const jobs = await this.#fleet.leases.claimable();
    return jobs.some(({ attempts }) => attempts >= LAST_CHANCE - 1);
  }

  /** Until all that a worker held has gone to others. */
  async #untilReplaced(id: string): Promise<void> {
    const held = async () => (await this.#fleet.leases.held()).filter(({ worker }) => worker === id);
    await expect.poll(held, { interval: 100, timeout: 30_000 }).toEqual([]);
  }
}
