/** Names of all objects in storage. Each folder level has few enough entries to be listed quickly. */

/** Raised when the form of a source info changes; older ones are then simply not found. */
const SOURCE_INFO_VERSION = 1;

export function sourceInfoObject(fingerprint: string): string {
  return `sources/${SOURCE_INFO_VERSION}/${fingerprint.slice(0, 2)}/${fingerprint}.json`;
}

/** @param name such as `init.mp4` or `12.m4s`. */
export function titleObject(titleKey: string, rendition: string, name: string): string {
  return `titles/${titleKey.slice(0, 2)}/${titleKey}/${rendition}/${name}`;
}
