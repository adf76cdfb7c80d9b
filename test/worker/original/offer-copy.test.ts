import { describe, expect, test } from "vitest";
import { parseCuts } from "../../../shared/media/copied-cuts.ts";
import type { OriginalIndex } from "../../../shared/media/original.ts";
import { planTitle } from "../../../shared/media/title.ts";
import { planIndex } from "../../../worker/original/make-index.ts";
import { offerCopy } from "../../../worker/original/offer-copy.ts";
import type { Keyframes } from "../../../worker/original/packet-requests.ts";
import { exampleSource } from "../../shared/media/example-source.ts";

const OPTIONS = { segmentSeconds: 4 };

/** Of ten seconds at 25 frames/s, in milliseconds as Matroska has them. */
function keyframesAt(...times: readonly number[]): Keyframes {
  return {
    ...{ family: "h264", timescale: 1000, codec: "avc1.640028", times, end: undefined, isOpen: false },
    ...{ bytesBefore: times.map((time) => 500 * time), totalBytes: 5_000_000 },
  };
}

const plan = (keyframes: Keyframes, source = exampleSource()) => planIndex(source, keyframes, 4);
const offered = async (index: OriginalIndex) => (await offerCopy(exampleSource(), index, 4)).video!.copy;

describe("a picture that can be copied", () => {
  test("is a variant beside rungs that are cut wherever it is", async () => {
    const index = plan(keyframesAt(0, 3000, 9000));
    const source = await offerCopy(exampleSource(), index, 4);
    expect(source.video!.copy).toMatchObject({ segmentSeconds: 4, codec: "avc1.640028" });
    expect(parseCuts(source.video!.copy!.cuts)).toEqual([0, 75, 225]);
    const title = await planTitle(source, OPTIONS);
    expect(title.video[0]!.timeline.borders).toEqual([0, 25, 50, 75, 225, 250]);
    // Its longest segment is everybody's target duration.
    expect(title.targetDuration).toBe(6);
    expect(title.copy).toBe(source.video!.copy);
  });

  test("is found again at the same places, or not at all", async () => {
    const keyframes = keyframesAt(0, 3000, 9000);
    const index = plan(keyframes);
    const source = await offerCopy(exampleSource(), index, 4);
    expect(plan(keyframes, source)).toEqual(index);
    expect(plan(keyframesAt(0, 4000), source)).toMatchObject({ kind: "unavailable" });
  });

  test("leaves a plan with segments of another length as it was", async () => {
    const source = await offerCopy(exampleSource(), plan(keyframesAt(0, 3000)), 4);
    const [title, plain] = [
      await planTitle(source, { segmentSeconds: 2 }),
      await planTitle(exampleSource(), { segmentSeconds: 2 }),
    ];
    expect(title.copy).toBeUndefined();
    expect(title.video[0]!.timeline).toEqual(plain.video[0]!.timeline);
  });

  test.each<[string, Partial<Extract<OriginalIndex, { kind: "copied" }>>]>([
    ["needs the segment before", { isIndependent: false }],
    ["is not on the rungs' grid", { clock: { sourceTimescale: 1000, timescale: 90_000, step: 1 } }],
    ["has segments that are too long", { borders: [0, 25, 350] }],
  ])("is no variant where it %s", async (_, changes) => {
    const index = plan(keyframesAt(0, 3000));
    if (index.kind !== "copied") throw new Error(index.reason);
    expect(await offered(index)).toBeDefined();
    expect(await offered({ ...index, ...changes })).toBeUndefined();
  });

  test("is none where it can't be copied", async () => {
    expect(await offered({ kind: "unavailable", reason: "Why not." })).toBeUndefined();
  });
});
