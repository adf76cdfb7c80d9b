/** Names of all objects in storage. Each folder level has few enough entries to be listed quickly. */

/** Raised when the form of a source info changes; older ones are then simply not found. */
const SOURCE_INFO_VERSION = 3;

export function sourceInfoObject(fingerprint: string): string {
  return `sources/${SOURCE_INFO_VERSION}/${fingerprint.slice(0, 2)}/${fingerprint}.json`;
}

const TITLES = "titles";

/** Where a rendition's objects lie. */
export function renditionFolder(titleKey: string, rendition: string): string {
  return `${titleFolder(titleKey)}/${rendition}`;
}

/** @param name such as `init.mp4` or `12.m4s`. */
export function titleObject(titleKey: string, rendition: string, name: string): string {
  return `${renditionFolder(titleKey, rendition)}/${name}`;
}

/** @param asset such as `poster.jpg` or `s0/cues.vtt`. */
export function assetObject(titleKey: string, asset: string): string {
  return `${titleFolder(titleKey)}/${asset}`;
}

/** Where all objects of a title lie. */
export function titleFolder(titleKey: string): string {
  return `${TITLES}/${titleKey.slice(0, 2)}/${titleKey}`;
}

/** The folder of the title that an object belongs to, if it belongs to one. */
export function titleFolderOf(objectName: string): string | undefined {
  const [top, prefix, key, ...rest] = objectName.split("/");
  return top === TITLES && rest.length > 0 ? `${top}/${prefix}/${key}` : undefined;
}
