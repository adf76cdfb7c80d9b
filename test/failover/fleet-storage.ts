import { randomUUID } from "node:crypto";
import type { GenericContainer } from "testcontainers";
import { docker } from "./fleet-container.ts";
import { OWNER } from "./owner.ts";

/** What stands behind the folder that a fleet shares, which each of its programs has at `/segments`. */
export interface FleetStorage {
  /** Volumes that programs need for it, and where: as for `docker run --volume`. */
  readonly volumes: readonly { readonly source: string; readonly target: string }[];
  /** The image in which orchestrators and workers run; the ordinary one unless it is given. */
  readonly image?: string;
  /** Its programs have but one network interface. */
  readonly oneNetwork?: boolean;
  /** Whatever else its programs need. */
  prepare(container: GenericContainer): GenericContainer;
  remove(): Promise<void>;
}

/** A volume of this machine's engine. */
export async function createVolumeStorage(): Promise<FleetStorage> {
  const name = `seamline-test-${randomUUID()}`;
  await docker.createVolume({ Name: name, Labels: OWNER });
  return {
    volumes: [{ source: name, target: "/segments" }],
    prepare: (container) => container.withDroppedCapabilities("ALL"),
    async remove() {
      await docker.getVolume(name).remove();
    },
  };
}
