import { hasFilmEnding } from "../media/film-ending.ts";
import type { SubtitleFile } from "../media/source-info.ts";

/** What a subtitle file's name says. */
export type SidecarName = Omit<SubtitleFile, "id">;

const FORMATS: Readonly<Record<string, SubtitleFile["format"]>> = {
  srt: "subrip",
  vtt: "webvtt",
  ass: "ass",
  ssa: "ass",
};
const HEARING_IMPAIRED = new Set(["sdh", "cc", "hi"]);
const LONGEST_TITLE = 200;
/** Made once: that takes longer than all that is asked of it. */
const LANGUAGES = new Intl.DisplayNames(["en"], { type: "language", fallback: "none" });

/**
 * The names of a folder that are subtitles of one film in it: `<film>[.<language>][.<title>][.forced|.sdh|.default].<srt|vtt|ass|ssa>`,
 * what stands between the dots in any order. What fits a film with a longer name better is that one's.
 */
export function matchSidecars(
  film: string,
  names: readonly string[],
): readonly { readonly file: string; readonly name: SidecarName }[] {
  const base = baseOf(film);
  const longer = names
    .filter(hasFilmEnding)
    .map(baseOf)
    .filter((other) => other.startsWith(`${base}.`));
  return names
    .filter((name) => !longer.some((other) => belongsTo(other, name)))
    .flatMap((file) => {
      const name = belongsTo(base, file)
        ? parseSidecarName(file.normalize("NFC").slice(base.length))
        : undefined;
      return name ? [{ file, name }] : [];
    })
    .sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** @param rest what stands behind the film's name, such as `.en.forced.srt`. */
function parseSidecarName(rest: string): SidecarName | undefined {
  const format = formatOf(rest);
  if (!format) return undefined;
  const words = rest.split(".").slice(1, -1).filter(Boolean);
  const flags = words.map((word) => word.toLowerCase());
  const languages = words.map((word) => (isFlag(word.toLowerCase()) ? undefined : languageOf(word)));
  const at = languages.findLastIndex((language) => language !== undefined);
  // A file that is in no other language is in Hindi.
  const hindi = at < 0 ? flags.lastIndexOf("hi") : -1;
  const language = languages[at] ?? (hindi >= 0 ? "hi" : undefined);
  const title = words
    .filter((word, position) => position !== at && !isFlag(word.toLowerCase()))
    .join(".")
    .slice(0, LONGEST_TITLE);
  return {
    format,
    ...(language && { language }),
    ...(title && { title }),
    isDefault: flags.includes("default"),
    isForced: flags.includes("forced"),
    isHearingImpaired: flags.some((flag, position) => HEARING_IMPAIRED.has(flag) && position !== hindi),
  };
}

function isFlag(word: string): boolean {
  return word === "forced" || word === "default" || HEARING_IMPAIRED.has(word);
}

/** The canonical tag of a word that names a language; undefined where it is another word. */
function languageOf(word: string): string | undefined {
  if (!/^[a-z]{2,3}([-_][a-z\d]{2,8})*$/i.test(word)) return undefined;
  try {
    const [tag] = Intl.getCanonicalLocales(word.replaceAll("_", "-"));
    return LANGUAGES.of(new Intl.Locale(tag!).language) ? tag : undefined;
  } catch {
    return undefined;
  }
}

function belongsTo(base: string, name: string): boolean {
  return name.normalize("NFC").toLowerCase().startsWith(`${base}.`);
}

function formatOf(name: string): SubtitleFile["format"] | undefined {
  const ending = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  return Object.hasOwn(FORMATS, ending) ? FORMATS[ending] : undefined;
}

function baseOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return (dot > 0 ? name.slice(0, dot) : name).normalize("NFC").toLowerCase();
}
