import { defineConfig } from "vitest/config";

/** Viewers and misfortune that are timed against each other: nothing runs beside them. */
const ALONE = ["bench/*", "browser/*", "soak/*", "failover/chaos"].map((files) => `test/${files}.test.ts`);
/** Fleets: they wait more than they calculate. */
const LIVE = ["failover/*", "nfs/*"].map((files) => `test/${files}.test.ts`);
const BATCH_TIMEOUT_MS = 600_000;

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Encoders and browsers share few cores: files run one after the other so that bounds stay meaningful.
    fileParallelism: false,
    projects: [
      { extends: true, test: { name: "alone", include: ALONE } },
      { extends: true, test: { name: "live", include: LIVE, exclude: ALONE } },
      {
        extends: true,
        test: {
          name: "batch",
          include: ["test/**/*.test.ts"],
          exclude: [...ALONE, ...LIVE],
          // It leaves the processor to the others, as long as they want it.
          testTimeout: BATCH_TIMEOUT_MS,
          hookTimeout: BATCH_TIMEOUT_MS,
        },
      },
    ],
    // Its image may be out of reach; each run removes what it made, and what a killed one left.
    env: { TESTCONTAINERS_RYUK_DISABLED: "true" },
  },
});
