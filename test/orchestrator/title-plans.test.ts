import { describe, expect, it } from "vitest";
import { TitlePlans } from "../../orchestrator/title-plans.ts";
import { planTitle } from "../../shared/media/title.ts";
import { rational } from "../../shared/rational.ts";
import { exampleSource, exampleVideo } from "../shared/media/example-source.ts";

const OPTIONS = { segmentSeconds: 4 };

/** A title at a path, as it was in its nth version. */
const titleAt = (path: string, version = 1) =>
  planTitle(
    exampleSource({
      path,
      fingerprint: `${path} ${version}`.padEnd(32, "."),
      video: exampleVideo({ end: rational(10 * version) }),
      audio: [],
    }),
    OPTIONS,
  );

describe("titles that were opened", () => {
  it("are found by their key, and by their source's fingerprint", async () => {
    const plans = new TitlePlans();
    const title = await titleAt("a.mp4");
    plans.remember(title);
    expect(await plans.ofKey(title.key)).toEqual(title);
    expect(await plans.ofSource(title.source.fingerprint)).toEqual(title);
    expect(await plans.ofKey("0".repeat(32))).toBeUndefined();
    expect(await plans.ofSource("0".repeat(32))).toBeUndefined();
  });

  it("are planned again, the same, when there were too many to keep all plans", async () => {
    const plans = new TitlePlans();
    const first = await titleAt("0.mp4");
    plans.remember(first);
    for (let k = 1; k <= 200; k++) plans.remember(await titleAt(`${k}.mp4`));
    const again = await plans.ofKey(first.key);
    expect(again).toEqual(first);
    expect(again).not.toBe(first);
    expect(await plans.ofKey(first.key)).toBe(again);
  });

  it("have the length that their file has now, while players of what it was before go on", async () => {
    const plans = new TitlePlans();
    const [before, after] = [await titleAt("a.mp4", 1), await titleAt("a.mp4", 2)];
    expect(plans.durationMs("a.mp4")).toBeUndefined();
    plans.remember(before);
    expect(plans.durationMs("a.mp4")).toBe(10_000);
    plans.remember(after);
    expect(plans.durationMs("a.mp4")).toBe(20_000);
    expect(await plans.ofKey(before.key)).toEqual(before);
    plans.remember(before);
    expect(plans.durationMs("a.mp4")).toBe(10_000);
  });

  it("are known as what lies beside them is now", async () => {
    const plans = new TitlePlans();
    const before = await titleAt("a.mp4");
    const beside = { revision: "r".repeat(32), subtitles: [] };
    const after = { ...before, source: { ...before.source, beside } };
    plans.remember(before);
    plans.remember(after);
    expect(await plans.ofSource(beside.revision)).toEqual(after);
    expect(await plans.ofKey(before.key)).toEqual(after);
    expect(await plans.ofSource(before.source.fingerprint)).toBeUndefined();
    expect(plans.durationMs("a.mp4")).toBe(10_000);
    plans.remember(before);
    expect(await plans.ofSource(beside.revision)).toBeUndefined();
    expect(await plans.ofKey(before.key)).toEqual(before);
  });

  it("of long ago are forgotten altogether", async () => {
    const plans = new TitlePlans();
    const title = await titleAt("a.mp4");
    plans.remember(title);
    for (let k = 0; k < 20_000; k++) {
      const path = `${k}.mp4`;
      plans.remember({ ...title, key: `${k}`, source: { ...title.source, path, fingerprint: `${k}` } });
    }
    // Its plan is gone as well by then.
    expect(await plans.ofKey(title.key)).toBeUndefined();
    expect(await plans.ofSource(title.source.fingerprint)).toBeUndefined();
    expect(plans.durationMs("a.mp4")).toBeUndefined();
    expect(plans.durationMs("0.mp4")).toBe(10_000);
  });
});
