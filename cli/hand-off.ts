import { type HandOff, redirectTo } from "../orchestrator/hand-off.ts";
import { type Config, ConfigError } from "../shared/config.ts";

/** In a header everybody reads such a path in the same way. */
const PLAIN_PATH = /^[\w./~-]+$/;

/** Who sends segments, as the settings say. @param folder of storage. */
export function chooseHandOff({ HANDOFF, SEGMENT_BASE_URL }: Config, folder: string): HandOff | undefined {
  if (SEGMENT_BASE_URL) return redirectTo(SEGMENT_BASE_URL);
  if (HANDOFF === "x-sendfile") {
    if (!PLAIN_PATH.test(folder))
      throw new ConfigError(
        `STORAGE_DIR=${folder}: x-sendfile needs a path of letters, digits and . _ ~ - alone.`,
      );
    return { kind: HANDOFF, folder };
  }
  // What is left is x-accel-redirect:/prefix/.
  return HANDOFF === undefined
    ? undefined
    : { kind: "x-accel-redirect", prefix: HANDOFF.slice(HANDOFF.indexOf(":") + 1) };
}
