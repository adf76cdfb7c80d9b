import { access, constants } from "node:fs/promises";
import { mediaDisk } from "../../shared/node/disk-calls.ts";
import { FolderLibrary } from "../folder-library.ts";
import { count } from "../output/words.ts";
import { type Diagnosis, fail, ok, reasonOf, warn } from "./diagnosis.ts";

/** A library of any size is listed in that time, or viewers wait for it as well. */
const LIST_TIMEOUT_MS = 10_000;
const NAME = "films";

/** @param folder undefined where nobody says where films are. */
export async function lookAtMedia(folder: string | undefined, signal: AbortSignal): Promise<Diagnosis> {
  if (folder === undefined) return warn(NAME, "no folder given", "name it as the argument, or in MEDIA_DIR");
  try {
    await mediaDisk.run(() => access(folder, constants.R_OK | constants.X_OK));
    const began = performance.now();
    const titles = await new FolderLibrary(folder).list(
      AbortSignal.any([signal, AbortSignal.timeout(LIST_TIMEOUT_MS)]),
    );
    const found = `${count(titles.length, "film")} in ${folder}, listed in ${Math.ceil(performance.now() - began)} ms`;
    return titles.length > 0
      ? ok(NAME, found)
      : warn(NAME, found, "see whether this is the folder that was meant");
  } catch (error) {
    signal.throwIfAborted();
    const { code, name } = error as NodeJS.ErrnoException;
    if (name === "TimeoutError")
      return warn(
        NAME,
        `${folder} takes longer than ${LIST_TIMEOUT_MS / 1000} s to list`,
        "see whether its disk is busy",
      );
    const cure =
      code === "ENOENT"
        ? "name a folder that is there"
        : "make it readable for this user, or see to its mount";
    return fail(NAME, `${folder}: ${reasonOf(error)}`, cure);
  }
}
