/** `German`, `German · Commentary`: a track's language in the viewer's own words, and its name. */
export function nameTrack(track: { readonly name: string; readonly lang?: string | undefined }): string {
  const language = track.lang === undefined ? undefined : nameLanguage(track.lang);
  if (language === undefined || track.name.toLowerCase().includes(language.toLowerCase())) return track.name;
  return track.name === track.lang || track.name === "" ? language : `${language} · ${track.name}`;
}

/** `German` for `de` or `deu`; nothing for a tag that is unknown or malformed. */
function nameLanguage(tag: string): string | undefined {
  try {
    return new Intl.DisplayNames(undefined, { type: "language", fallback: "none" }).of(tag);
  } catch {
    return undefined; // RangeError: no language tag at all
  }
}
