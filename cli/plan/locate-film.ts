import { stat } from "node:fs/promises";
import { basename, dirname, relative, resolve, sep } from "node:path";
import { type Config, ConfigError } from "../../shared/config.ts";
import { isRemotePath } from "../../shared/media/remote-path.ts";
import { mediaDisk } from "../../shared/node/disk-calls.ts";

/** Where a film lies, as workers have it. */
export interface FilmPlace {
  readonly mediaDir: string;
  /** In the media folder, or on another host. */
  readonly path: string;
}

/**
 * Finds what somebody means by a film: a file, a title of MEDIA_DIR by its path there, or an address on a listed
 * host. A file inside MEDIA_DIR is the title that a server has, with the same key.
 */
export async function locateFilm(argument: string, config: Config): Promise<FilmPlace> {
  const mediaDir = resolve(config.MEDIA_DIR ?? ".");
  const remote = argument.replace(/^(https?):\/{1,2}/, "$1:/");
  if (isRemotePath(remote)) return { mediaDir, path: remote };
  const file = resolve(argument);
  const inside = relative(mediaDir, file);
  const isTitle = config.MEDIA_DIR !== undefined && inside !== "" && inside.split(sep)[0] !== "..";
  if (await isThere(file)) {
    return isTitle
      ? { mediaDir, path: inside.split(sep).join("/") }
      : { mediaDir: dirname(file), path: basename(file) };
  }
  if (config.MEDIA_DIR !== undefined && (await isThere(resolve(mediaDir, argument))))
    return { mediaDir, path: argument };
  const where = config.MEDIA_DIR === undefined ? "here" : `here or in ${mediaDir}`;
  throw new ConfigError(`there is no “${argument}” ${where}.`);
}

async function isThere(path: string): Promise<boolean> {
  return mediaDisk
    .run(() => stat(path))
    .then(
      () => true,
      () => false,
    );
}
