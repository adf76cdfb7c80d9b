import { isRemotePath } from "../shared/media/remote-path.ts";
import { openSource } from "./media-folder.ts";
import type { RemotePolicy } from "./remote/host-address.ts";
import { withRelay } from "./remote/relay.ts";
import { openRemoteFile } from "./remote/remote-file.ts";
import type { SourceFile } from "./source-file.ts";

/** Where sources lie. */
export interface SourcePlaces {
  readonly mediaDir: string;
  readonly remote: RemotePolicy;
}

/**
 * Opens a source for as long as some work on it takes.
 * @param work gets a signal that fires with the job's, and with a FaultError once the source can't be read on.
 * @throws FaultError where it can't be opened.
 */
export async function useSource<T>(
  path: string,
  { mediaDir, remote }: SourcePlaces,
  signal: AbortSignal,
  work: (file: SourceFile, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (!isRemotePath(path)) return work(await openSource(mediaDir, path), signal);
  const file = await openRemoteFile(path, remote, signal);
  const { fingerprint } = file;
  const readStart = (reading: AbortSignal) => file.readStart(reading);
  return withRelay(file, signal, (inputUrl, reading) =>
    work({ path, inputUrl, fingerprint, readStart }, reading),
  );
}
