import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Encoders and browsers share few cores: files run one after the other so that bounds stay meaningful.
    fileParallelism: false,
  },
});
