import type { Problem } from "../problem.ts";
import type { FleetWatch } from "./fleet-watch.ts";
import type { TitleMap } from "./title-map.ts";

/** One server-sent event. */
export interface FleetEvent {
  readonly event: "fleet" | "trouble" | "map" | "cells" | "map-trouble";
  readonly data: string;
}

/**
 * What one client has not been told yet. It is always made from what holds now: a client that reads slowly gets fewer
 * events, not old ones, and nothing piles up for it.
 */
export class FleetEvents {
  readonly #watch: FleetWatch;
  #fleetSent = "";
  #troubleSent = "";
  #map: TitleMap | undefined;
  #mapSent: ReadonlyMap<string, number> | undefined;
  #mapTrouble: Problem | undefined;

  constructor(watch: FleetWatch) {
    this.#watch = watch;
  }

  /** From here on that title's map is told, from its whole on. */
  show(map: TitleMap): void {
    this.#map = map;
    this.#mapSent = undefined;
  }

  /** There is no map, for this reason. */
  showTrouble(trouble: Problem): void {
    this.#map = undefined;
    this.#mapTrouble = trouble;
  }

  take(): readonly FleetEvent[] {
    return [...this.#takeFleet(), ...this.#takeMap()];
  }

  *#takeFleet(): Iterable<FleetEvent> {
    const { view, trouble } = this.#watch.sight;
    const told = trouble ? JSON.stringify(trouble.toDocument()) : "";
    const isTrouble = told !== "" && told !== this.#troubleSent;
    const isOver = told === "" && this.#troubleSent !== "";
    this.#troubleSent = told;
    if (isTrouble) yield { event: "trouble", data: told };
    // The time alone is no news.
    const known = view ? JSON.stringify({ ...view, now: 0 }) : "";
    if (!view || trouble || (known === this.#fleetSent && !isOver)) return;
    this.#fleetSent = known;
    yield { event: "fleet", data: JSON.stringify(view) };
  }

  *#takeMap(): Iterable<FleetEvent> {
    const trouble = this.#mapTrouble;
    this.#mapTrouble = undefined;
    if (trouble) yield { event: "map-trouble", data: JSON.stringify(trouble.toDocument()) };
    const map = this.#map;
    if (!map?.isKnown) return;
    const sent = this.#mapSent;
    this.#mapSent = map.versions();
    if (!sent) {
      yield { event: "map", data: JSON.stringify(map.snapshot()) };
      return;
    }
    const changes = map.changesSince(sent);
    if (changes) yield { event: "cells", data: JSON.stringify(changes) };
  }
}
