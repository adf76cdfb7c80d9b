import { defineConfig } from "vitest/config";

/** Misfortune that is timed, and what prints times: nothing runs beside them. */
const ALONE = ["bench/*", "soak/*", "contract/lease-cost", "failover/chaos", "failover/round-trips"].map(
  (files) => `test/${files}.test.ts`,
);
/** Fleets and viewers: they wait more than they calculate. */
const LIVE = ["failover/*", "upgrade/*", "nfs/*", "cli/*", "library/fleet", "library/moved-program"].map(
  (files) => `test/${files}.test.ts`,
);
/** Chromium, GStreamer and others, which need their share of the processor while they play. */
const PLAYERS = ["browser/*", "formats/*", "players/*"].map((files) => `test/${files}.test.ts`);
/** About half of what keeps encoders and decoders busy; the other half is in what is left. */
const MEDIA = [
  ...["conformance/*", "remote/*"],
  ...["worker/encode-*", "worker/run-*", "worker/segment-runs", "worker/colour", "worker/original/*"],
].map((files) => `test/${files}.test.ts`);
/** For what leaves the processor to the others, as long as they want it; its servers wait for their encoders. */
const PATIENT = { testTimeout: 600_000, hookTimeout: 600_000, env: { SEGMENT_WAIT_MS: "300000" } };

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Encoders and browsers share few cores: files run one after the other so that bounds stay meaningful.
    fileParallelism: false,
    projects: [
      { extends: true, test: { name: "alone", include: ALONE } },
      { extends: true, test: { name: "live", include: LIVE, exclude: ALONE } },
      { extends: true, test: { name: "players", include: PLAYERS } },
      { extends: true, test: { name: "media", include: MEDIA, ...PATIENT } },
      {
        extends: true,
        test: {
          name: "batch",
          include: ["test/**/*.test.ts"],
          exclude: [...ALONE, ...LIVE, ...PLAYERS, ...MEDIA],
          ...PATIENT,
        },
      },
    ],
    // Its image may be out of reach; each run removes what it made, and what a killed one left.
    env: { TESTCONTAINERS_RYUK_DISABLED: "true" },
  },
});
