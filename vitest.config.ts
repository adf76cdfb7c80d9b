import { defineConfig } from "vitest/config";

/** What counts by the clock, and what prints times: nothing runs beside them. */
const ALONE = ["soak/*", "contract/lease-cost", "failover/round-trips"].map(
  (files) => `test/${files}.test.ts`,
);
/** Fleets, which wait more than they calculate, and players that lose their patience when they get no processor. */
const LIVE = [
  ...["failover/*", "upgrade/*", "nfs/*", "cli/*", "library/fleet", "library/moved-program"],
  ...["browser/*", "formats/*", "players/gstreamer"],
].map((files) => `test/${files}.test.ts`);
/** About half of what keeps encoders and decoders busy; the other half is in what is left. */
const MEDIA = [
  ...["conformance/*", "players/ffmpeg", "remote/*"],
  ...["worker/encode-*", "worker/run-*", "worker/segment-runs", "worker/colour", "worker/original/*"],
].map((files) => `test/${files}.test.ts`);
/** What leaves nothing behind in its process: files that take longer to begin than to run share one. */
const PLAIN = [
  ...["shared/**/*", "orchestrator/**/*", "client/*", "cli/metrics/*", "cli/tracing/*", "deploy/*"],
  ...["worker/encoders/*", "worker/ffmpeg/*", "worker/fragment/*", "worker/probe/*", "worker/subtitles/*"],
].map((files) => `test/${files}.test.ts`);
/** For what leaves the processor to the others, as long as they want it; its servers wait for their encoders. */
const PATIENT = { testTimeout: 600_000, hookTimeout: 600_000, env: { SEGMENT_WAIT_MS: "300000" } };

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 300_000,
    // Its own default, a second, is soon over where somebody else has the processor.
    expect: { poll: { timeout: 30_000 } },
    // Encoders and browsers share few cores: files run one after the other so that bounds stay meaningful.
    fileParallelism: false,
    projects: [
      { extends: true, test: { name: "alone", include: ALONE } },
      { extends: true, test: { name: "live", include: LIVE, exclude: ALONE } },
      { extends: true, test: { name: "media", include: MEDIA, ...PATIENT } },
      { extends: true, test: { name: "plain", include: PLAIN, isolate: false, ...PATIENT } },
      {
        extends: true,
        test: {
          name: "batch",
          include: ["test/**/*.test.ts"],
          exclude: [...ALONE, ...LIVE, ...MEDIA, ...PLAIN],
          ...PATIENT,
        },
      },
    ],
    // Its image may be out of reach; each run removes what it made, and what a killed one left.
    env: { TESTCONTAINERS_RYUK_DISABLED: "true" },
  },
});
