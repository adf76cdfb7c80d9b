import type { AudioTrack } from "../media/source-info.ts";
import { toQuotable } from "./attribute-list.ts";

export interface AudioName {
  /** Unique within its group (RFC 8216bis 4.4.6.1.1). */
  readonly name: string;
  /** BCP 47 tag. */
  readonly language?: string;
}

/** Made once: that takes longer than all that is asked of it. */
const LANGUAGES = new Intl.DisplayNames(["en"], { type: "language" });

/** Names tracks by title, else by language, else by number. */
export function nameAudio(tracks: readonly AudioTrack[]): readonly AudioName[] {
  const taken = new Set<string>();
  return tracks.map((track, position) => {
    const language = track.language ? toLanguageTag(track.language) : undefined;
    const title = toQuotable(track.title ?? "").trim();
    const wanted = title || (language && describeLanguage(language)) || `Audio ${position + 1}`;
    const name = firstFree(wanted, taken);
    taken.add(name);
    return language ? { name, language } : { name };
  });
}

/** ISO 639-2 as files have it (`eng`, `ger`) to the shortest BCP 47 tag (`en`, `de`). */
export function toLanguageTag(code: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(code.replaceAll("_", "-"))[0];
  } catch {
    return undefined;
  }
}

export function describeLanguage(tag: string): string | undefined {
  return LANGUAGES.of(new Intl.Locale(tag).language);
}

export function firstFree(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  for (let number = 2; taken.has(name); number++) name = `${wanted} (${number})`;
  return name;
}
