import type { AudioTrack } from "../media/source-info.ts";
import { toQuotable } from "./attribute-list.ts";

export interface AudioName {
  /** Unique within its group (RFC 8216bis 4.4.6.1.1). */
  readonly name: string;
  /** BCP 47 tag. */
  readonly language?: string;
}

/** Made once: that takes longer than all that is asked of it. */
const LANGUAGES = new Intl.DisplayNames(["en"], { type: "language", fallback: "none" });
/** Codes of ISO 639-2 that say nothing of a language: undetermined, and one without a code of its own. */
const NO_LANGUAGE = new Set(["und", "mis"]);
/** What titles call it in the languages of most films. */
const SAYS_COMMENTARY = /com+ent|kom+ent/i;

/**
 * Names tracks by title, else by language, else by number. No player is told of commentaries in any other way, so
 * their names say it.
 */
export function nameAudio(tracks: readonly AudioTrack[]): readonly AudioName[] {
  const taken = new Set<string>();
  return tracks.map((track, position) => {
    const language = track.language ? toLanguageTag(track.language) : undefined;
    const name = firstFree(describe(track, language, position), taken);
    taken.add(name);
    return language ? { name, language } : { name };
  });
}

function describe(track: AudioTrack, language: string | undefined, position: number): string {
  const title = toQuotable(track.title ?? "").trim();
  const name = title || (language && describeLanguage(language)) || `Audio ${position + 1}`;
  if (track.isCommentary && !SAYS_COMMENTARY.test(name)) return `${name} (commentary)`;
  return track.isDescriptive && !title ? `${name} (audio description)` : name;
}

/** ISO 639-2 as files have it (`eng`, `ger`) to the shortest BCP 47 tag (`en`, `de`). */
export function toLanguageTag(code: string): string | undefined {
  try {
    const [tag] = Intl.getCanonicalLocales(code.replaceAll("_", "-"));
    return tag && NO_LANGUAGE.has(tag) ? undefined : tag;
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
