/** The port to the media folder's listing. */
export interface MediaLibrary {
  /** Paths of all titles in the folder and its sub-folders, in reading order. */
  list(signal: AbortSignal): Promise<readonly string[]>;
}
