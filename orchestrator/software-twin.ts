import { ENCODER_FAILURE, encoderFailureSchema } from "../shared/media/encoder.ts";
import { planTitle, type Title } from "../shared/media/title.ts";
import { assetObject } from "../shared/storage/object-name.ts";
import { readAll, type SegmentReader } from "../shared/storage/segment-storage.ts";

/**
 * The title that a viewer gets: the one that was planned, or where its encoder failed at a part of it the same in
 * software, which has the same clock and another key. Costs one look into storage, and none where no hardware is used.
 */
export async function softwareTwin(
  title: Title,
  storage: Pick<SegmentReader, "find">,
  signal: AbortSignal,
): Promise<Title> {
  const { encoder, segmentSeconds } = title.options;
  if (!encoder || title.video.length === 0) return title;
  const object = await storage.find(assetObject(title.key, ENCODER_FAILURE), signal);
  if (!object) return title;
  const text = new TextDecoder().decode(await readAll(object));
  const insteadOf = encoderFailureSchema.parse(JSON.parse(text));
  return planTitle(title.source, { segmentSeconds, insteadOf });
}
