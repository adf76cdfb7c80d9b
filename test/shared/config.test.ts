import { describe, expect, it } from "vitest";
import { ConfigError, flagName, parseConfig, settingNames } from "../../shared/config.ts";

function errorOf(values: Record<string, string>): Error {
  try {
    parseConfig(values);
  } catch (error) {
    return error as Error;
  }
  throw new Error(`accepted ${JSON.stringify(values)}`);
}

describe("the configuration", () => {
  it("needs nothing", () => {
    expect(parseConfig({})).toMatchObject({
      PORT: 8080,
      SEGMENT_SECONDS: 4,
      SEGMENT_WAIT_MS: 20_000,
      FILE_WAIT_MS: 10_000,
      LEASE_TTL_MS: 3000,
      LEASE_RENEW_MS: 1000,
    });
  });

  it("takes what is empty or undefined for absent", () => {
    expect(parseConfig({ PORT: "", MEDIA_DIR: "", WORKER_ID: undefined })).toEqual(parseConfig({}));
  });

  it("reads numbers and folders", () => {
    const values = { PORT: "0", MEDIA_DIR: "/films", SEGMENT_SECONDS: "10", WORKER_CONCURRENCY: "3" };
    expect(parseConfig(values)).toMatchObject({
      PORT: 0,
      MEDIA_DIR: "/films",
      SEGMENT_SECONDS: 10,
      WORKER_CONCURRENCY: 3,
    });
  });

  it("leaves the rest of the environment alone", () => {
    expect(parseConfig({ PATH: "/bin", HOME: "/root" })).toEqual(parseConfig({}));
  });

  it.each([
    ["PORT", "http"],
    ["PORT", "-1"],
    ["PORT", "65536"],
    ["PORT", "80.5"],
    ["PORT", "0x50"],
    ["PORT", "1e3"],
    ["PORT", " 80"],
    ["PORT", "80\n"],
    ["PORT", "99999999999999999999"],
    ["PORT", "８０"],
    ["SEGMENT_SECONDS", "1"],
    ["SEGMENT_SECONDS", "11"],
    ["SEGMENT_WAIT_MS", "0"],
    ["FILE_WAIT_MS", "forever"],
    ["LEASE_TTL_MS", "10"],
    ["LEASE_RENEW_MS", "0"],
    ["WORKER_ID", "my worker"],
    ["WORKER_ID", "a".repeat(65)],
    ["WORKER_ID", "a\nb"],
    ["WORKER_CONCURRENCY", "0"],
    ["LOG_LEVEL", "loud"],
  ])("stops the start at %s=%j with one line that names the setting and its flag", (name, value) => {
    const error = errorOf({ [name]: value });
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(name);
    expect(error.message).toContain(`--${flagName(name)}`);
    expect(error.message).not.toMatch(/[\n\r]/);
    expect(error.message).toMatch(/must|expected/);
  });

  it("asks for renewals at least twice as often as leases end", () => {
    expect(errorOf({ LEASE_TTL_MS: "1000", LEASE_RENEW_MS: "501" }).message).toContain("LEASE_RENEW_MS");
    expect(errorOf({ LEASE_TTL_MS: "1500" }).message).toContain("LEASE_RENEW_MS");
    expect(parseConfig({ LEASE_TTL_MS: "1000", LEASE_RENEW_MS: "500" }).LEASE_RENEW_MS).toBe(500);
  });

  it("has a flag for every setting", () => {
    expect(flagName("MEDIA_DIR")).toBe("media-dir");
    expect(new Set(settingNames.map(flagName)).size).toBe(settingNames.length);
  });
});

it("a secret that is wrong is not repeated", () => {
  for (const [name, value] of [
    ["GATEWAY_TOKEN", "hunter2"],
    ["REDIS_URL", "http://user:hunter2@redis"],
    ["UPSTASH_REDIS_REST_URL", "hunter2"],
  ] as const) {
    expect(() => parseConfig({ [name]: value })).toThrow(name);
    expect(() => parseConfig({ [name]: value })).not.toThrow("hunter2");
  }
});
