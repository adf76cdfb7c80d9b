import { avcCodec } from "../media/avc-level.ts";
import { declaredBitrate } from "../media/rate-budget.ts";
import { MEDIA_PLAYLIST, SPRITES } from "../media/segment-name.ts";
import { spritePlan } from "../media/sprite-plan.ts";
import type { Title } from "../media/title.ts";
import { formatAttributeList, literal, quoted } from "./attribute-list.ts";
import { imageStreamInf } from "./sprite-playlists.ts";

/** What a multivariant playlist has for looking through a title: I-frames (4.4.6.3) and sprites. */
export function pictureVariants(title: Title, query: string): string[] {
  const uriOf = (folder: string) => `${title.key}/${folder}/${MEDIA_PLAYLIST}${query}`;
  const iframes = title.iframes.map(({ id, rung, peakBitrate, timeline }) => {
    const attributes = formatAttributeList({
      BANDWIDTH: declaredBitrate(peakBitrate, timeline),
      CODECS: quoted(avcCodec(rung.level)),
      RESOLUTION: literal(`${rung.width}x${rung.height}`),
      URI: quoted(uriOf(id)),
    });
    return `#EXT-X-I-FRAME-STREAM-INF:${attributes}`;
  });
  const plan = spritePlan(title);
  return [...iframes, ...(plan ? [imageStreamInf(plan, uriOf(SPRITES))] : [])];
}
