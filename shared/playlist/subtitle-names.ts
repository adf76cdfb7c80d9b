import type { SubtitleRendition } from "../subtitles/subtitle-renditions.ts";
import { toQuotable } from "./attribute-list.ts";
import { type AudioName, describeLanguage, firstFree, toLanguageTag } from "./audio-names.ts";

/** Names subtitles by title, else by language and purpose, else by number. */
export function nameSubtitles(renditions: readonly SubtitleRendition[]): readonly AudioName[] {
  const taken = new Set<string>();
  return renditions.map((rendition, position) => {
    const language = rendition.language ? toLanguageTag(rendition.language) : undefined;
    const title = toQuotable(rendition.title ?? "").trim();
    const plain = (language && describeLanguage(language)) || `Subtitles ${position + 1}`;
    const name = firstFree(title || plain + purposeOf(rendition), taken);
    taken.add(name);
    return language ? { name, language } : { name };
  });
}

function purposeOf({ isForced, isHearingImpaired }: SubtitleRendition): string {
  return `${isForced ? " (forced)" : ""}${isHearingImpaired ? " (SDH)" : ""}`;
}
