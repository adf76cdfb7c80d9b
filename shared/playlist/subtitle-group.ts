import { MEDIA_PLAYLIST } from "../media/segment-name.ts";
import type { Title } from "../media/title.ts";
import { subtitleRenditions } from "../subtitles/subtitle-renditions.ts";
import { type AttributeValue, formatAttributeList, literal, quoted } from "./attribute-list.ts";
import { nameSubtitles } from "./subtitle-names.ts";

const SUBTITLE_GROUP = "subtitles";
/** RFC 8216bis 4.4.6.1: what subtitles for those who don't hear have. */
const FOR_DEAF =
  "public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound";

/** The subtitles of a title, a line each (RFC 8216bis 4.4.6.1). @param query what each URI ends in. */
export function subtitleGroup({ key, source }: Title, query: string): readonly string[] {
  const renditions = subtitleRenditions(source);
  const names = nameSubtitles(renditions);
  return renditions.map(({ id, isDefault, isForced, isHearingImpaired }, position) => {
    const { name, language } = names[position]!;
    const attributes = formatAttributeList({
      TYPE: literal("SUBTITLES"),
      "GROUP-ID": quoted(SUBTITLE_GROUP),
      NAME: quoted(name),
      LANGUAGE: language ? quoted(language) : undefined,
      DEFAULT: literal(isDefault ? "YES" : "NO"),
      AUTOSELECT: literal("YES"),
      FORCED: literal(isForced ? "YES" : "NO"),
      CHARACTERISTICS: isHearingImpaired ? quoted(FOR_DEAF) : undefined,
      URI: quoted(`${key}/${id}/${MEDIA_PLAYLIST}${query}`),
    });
    return `#EXT-X-MEDIA:${attributes}`;
  });
}

/** The attribute that each variant names them by; undefined where there are none. */
export function subtitleGroupOf({ source }: Title): AttributeValue {
  return subtitleRenditions(source).length > 0 ? quoted(SUBTITLE_GROUP) : undefined;
}
