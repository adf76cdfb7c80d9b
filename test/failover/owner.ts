import { docker } from "./fleet-container.ts";

const LABEL = "seamline.test.pid";

/** Labels of all that is made here: they name the process that will remove it. */
export const OWNER = { [LABEL]: String(process.pid) };

/** Removes what runs of the suite left behind that were killed themselves. */
export async function removeLeftovers(): Promise<void> {
  const filters = { label: [LABEL] };
  const isLeft = (labels: Readonly<Record<string, string>> = {}) => !isAlive(Number(labels[LABEL]));
  for (const { Id, Labels } of await docker.listContainers({ all: true, filters })) {
    if (isLeft(Labels)) await docker.getContainer(Id).remove({ force: true, v: true });
  }
  for (const { Name, Labels } of (await docker.listVolumes({ filters })).Volumes) {
    if (isLeft(Labels)) await docker.getVolume(Name).remove();
  }
  for (const { Id, Labels } of await docker.listNetworks({ filters })) {
    if (isLeft(Labels)) await docker.getNetwork(Id).remove();
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
