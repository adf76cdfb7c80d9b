import type { CheckedPlaylist } from "./checked-playlist.ts";
import type { MultivariantPlaylist, StreamEntry } from "./playlist/multivariant-playlist.ts";

/** A variant, with the media playlists that are played together with it. */
export interface Variant {
  readonly entry: StreamEntry;
  readonly stream: CheckedPlaylist;
  /** Of its AUDIO group, those with playlists of their own. */
  readonly sounds: readonly CheckedPlaylist[];
}

/** Puts variants together with what they name; those that could not be read are left out. */
export function variantsOf(
  { variants, renditions }: MultivariantPlaylist,
  checked: ReadonlyMap<string, CheckedPlaylist>,
): readonly Variant[] {
  return variants.flatMap((entry) => {
    const stream = entry.url === undefined ? undefined : checked.get(entry.url);
    if (!stream) return [];
    const group = entry.attributes.get("AUDIO");
    const sounds = renditions
      .filter(({ attributes }) => attributes.get("TYPE") === "AUDIO" && attributes.get("GROUP-ID") === group)
      .flatMap(({ url }) => (url === undefined ? [] : (checked.get(url) ?? [])))
      // A group may name the variant's own playlist.
      .filter((sound) => sound !== stream);
    return [{ entry, stream, sounds }];
  });
}
