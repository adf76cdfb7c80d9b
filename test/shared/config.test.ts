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
      MAX_ATTEMPTS: 3,
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

  it.each([
    ["1000000", 1e6],
    ["200GB", 200e9],
    ["200 gb", 200e9],
    ["200GiB", 200 * 2 ** 30],
    ["1.5TB", 1.5e12],
    ["512MiB", 512 * 2 ** 20],
  ])("reads %j as %i bytes", (text, bytes) => {
    const { STORAGE_MAX_BYTES, STORAGE_MIN_FREE_BYTES } = parseConfig({
      STORAGE_MAX_BYTES: text,
      STORAGE_MIN_FREE_BYTES: text,
    });
    expect([STORAGE_MAX_BYTES, STORAGE_MIN_FREE_BYTES]).toEqual([bytes, bytes]);
  });

  it("has no size limit unless told, and may keep nothing free", () => {
    expect(parseConfig({}).STORAGE_MAX_BYTES).toBeUndefined();
    expect(parseConfig({ STORAGE_MIN_FREE_BYTES: "0" }).STORAGE_MIN_FREE_BYTES).toBe(0);
  });

  it("reads lists", () => {
    const values = {
      AUTH_SECRET: `${"n".repeat(32)},${"o".repeat(32)}`,
      CORS_ORIGIN: "https://a.example, http://localhost:8080",
      TRUSTED_PROXIES: "127.0.0.1,::1,10.0.0.0/8,fd00::/8",
      SOURCE_HOSTS: "films.example, films.example:8443",
    };
    expect(parseConfig(values)).toMatchObject({
      AUTH_SECRET: ["n".repeat(32), "o".repeat(32)],
      CORS_ORIGIN: ["https://a.example", "http://localhost:8080"],
      TRUSTED_PROXIES: ["127.0.0.1", "::1", "10.0.0.0/8", "fd00::/8"],
      SOURCE_HOSTS: ["films.example", "films.example:8443"],
      SOURCE_PRIVATE_HOSTS: [],
    });
    expect(parseConfig({})).toMatchObject({ CORS_ORIGIN: ["*"], TRUSTED_PROXIES: [] });
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
    ["STORAGE_MAX_BYTES", "much"],
    ["STORAGE_MAX_BYTES", "200G"],
    ["STORAGE_MAX_BYTES", "-1GB"],
    ["STORAGE_MAX_BYTES", "1e9"],
    ["STORAGE_MAX_BYTES", "0"],
    ["STORAGE_MAX_BYTES", "999kB"],
    ["STORAGE_MAX_BYTES", "99999TB"],
    ["STORAGE_MIN_FREE_BYTES", "10%"],
    ["SEGMENT_WAIT_MS", "0"],
    ["MAX_ATTEMPTS", "0"],
    ["FILE_WAIT_MS", "forever"],
    ["LEASE_TTL_MS", "10"],
    ["LEASE_RENEW_MS", "0"],
    ["WORKER_ID", "my worker"],
    ["WORKER_ID", "a".repeat(65)],
    ["WORKER_ID", "a\nb"],
    ["WORKER_CONCURRENCY", "0"],
    ["LOG_LEVEL", "loud"],
    ["CORS_ORIGIN", "example.org"],
    ["CORS_ORIGIN", "https://example.org/"],
    ["CORS_ORIGIN", "https://a.example,,https://b.example"],
    ["TRUSTED_PROXIES", "localhost"],
    ["TRUSTED_PROXIES", "10.0.0.0/33"],
    ["MAX_WAITS", "0"],
    ["MAX_WAITS_PER_CLIENT", "many"],
    ["CLIENT_STALL_MS", "1"],
    ["SOURCE_HOSTS", "https://films.example"],
    ["SOURCE_HOSTS", "films.example,"],
    ["SOURCE_PRIVATE_HOSTS", "10.0.0.0/8"],
    ["STORAGE_URL", "segments.example"],
    ["STORAGE_URL", "file:///segments"],
    ["STORAGE_URL", "https://user:password@segments.example"],
    ["SEGMENT_BASE_URL", "cdn.example"],
    ["SEGMENT_BASE_URL", "https://cdn.example/?key=1"],
    ["SEGMENT_BASE_URL", "https://cdn.example/#films"],
    ["SEGMENT_BASE_URL", "https://user:password@cdn.example"],
    ["WEBHOOK_URLS", "hooks.example"],
    ["WEBHOOK_URLS", "https://a.example,ftp://b.example"],
    ["WEBHOOK_SECRET", "whsec_short"],
    ["WEBHOOK_SECRET", "a".repeat(40)],
    ["HANDOFF", "nginx"],
    ["HANDOFF", "x-sendfile:/films/"],
    ["HANDOFF", "x-accel-redirect"],
    ["HANDOFF", "x-accel-redirect:internal/"],
    ["HANDOFF", "x-accel-redirect:/internal"],
    ["HANDOFF", "x-accel-redirect:/in ternal/"],
    ["HANDOFF", "x-accel-redirect:/a/\nset-cookie: b/"],
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

  it("has one who sends segments", () => {
    const both = { HANDOFF: "x-sendfile", SEGMENT_BASE_URL: "https://cdn.example" };
    expect(errorOf(both).message).toMatch(/HANDOFF.*SEGMENT_BASE_URL/);
    for (const HANDOFF of ["x-sendfile", "x-accel-redirect:/", "x-accel-redirect:/internal/films/"])
      expect(parseConfig({ HANDOFF }).HANDOFF).toBe(HANDOFF);
  });

  it("signs webhooks, or sends none", () => {
    const WEBHOOK_SECRET = `whsec_${"a".repeat(32)}`;
    expect(errorOf({ WEBHOOK_SECRET }).message).toMatch(/WEBHOOK_URLS.*WEBHOOK_SECRET/);
    expect(errorOf({ WEBHOOK_URLS: "https://a.example/" }).message).toMatch(/WEBHOOK_SECRET/);
    const WEBHOOK_URLS = "https://a.example/x?key=1, http://10.0.0.1:8080/";
    expect(parseConfig({ WEBHOOK_URLS, WEBHOOK_SECRET })).toMatchObject({
      WEBHOOK_URLS: ["https://a.example/x?key=1", "http://10.0.0.1:8080/"],
      WEBHOOK_SECRET: [WEBHOOK_SECRET],
    });
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
    ["UPSTASH_REDIS_REST_URL", "https://user:hunter2@redis"],
    ["AUTH_SECRET", "hunter2"],
    ["AUTH_SECRET", `${"long".repeat(8)},hunter2`],
    ["ADMIN_TOKEN", "hunter2"],
    ["STORAGE_URL", "https://user:hunter2@segments.example/"],
    ["SEGMENT_BASE_URL", "https://user:hunter2@cdn.example/"],
    ["WEBHOOK_URLS", "https://user:hunter2@hooks.example/"],
    ["WEBHOOK_SECRET", "hunter2"],
  ] as const) {
    expect(() => parseConfig({ [name]: value })).toThrow(name);
    expect(() => parseConfig({ [name]: value })).not.toThrow("hunter2");
  }
});
