import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { importAccessKeys, signToken } from "../../shared/access/token.ts";
import { rational } from "../../shared/rational.ts";
import { exampleSource, exampleVideo } from "../shared/media/example-source.ts";
import { createTitleApp, type TitleApp } from "../support/title-app.ts";

const SECRET = "the secret of this test: long enough";
/** Long enough for a playlist that is worth compressing. */
const FILM = exampleSource({ video: exampleVideo({ end: rational(600) }) });

let title: TitleApp;
beforeEach(async () => {
  title = await createTitleApp(FILM);
});
afterEach(() => title.close());

const ask = (headers: Record<string, string> = {}, method = "GET") =>
  title.app.request(title.pathOf("v720", "index.m3u8"), { method, headers });

describe("a playlist", () => {
  it("is for ever, under a tag made of the title key", async () => {
    const response = await ask();
    expect(response.headers.get("etag")).toBe(`"${title.title.key}-v720"`);
    expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(response.headers.get("content-type")).toBe("application/vnd.apple.mpegurl");
    const text = await response.text();
    expect(text).toMatch(/^#EXTM3U\n[\s\S]*#EXT-X-ENDLIST\n$/);
    expect(response.headers.get("content-length")).toBe(String(text.length));
  });

  it("is 304 for whoever has it, compressed or not", async () => {
    for (const encoding of ["identity", "gzip"]) {
      const etag = (await ask({ "accept-encoding": encoding })).headers.get("etag")!;
      const again = await ask({ "accept-encoding": encoding, "if-none-match": etag });
      expect(again.status).toBe(304);
      expect(await again.text()).toBe("");
    }
  });

  it.each([
    ["gzip, deflate, br", true],
    ["br;q=1.0, gzip;q=0.8", true],
    ["*", true],
    ["GZIP", true],
    ["gzip;q=0", false],
    ["gzip;q=0, *", false],
    ["identity", false],
    ["br", false],
    ["", false],
  ])("to somebody who takes %j is compressed: %s", async (encoding, expected) => {
    const plain = await (await ask()).text();
    const response = await ask({ "accept-encoding": encoding });
    expect(response.headers.get("vary")).toMatch(/accept-encoding/i);
    expect(response.headers.get("content-encoding")).toBe(expected ? "gzip" : null);
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(response.headers.get("content-length")).toBe(String(bytes.length));
    // Other bytes under the same strong validator would be a lie.
    expect(response.headers.get("etag")!.startsWith("W/")).toBe(expected);
    expect(new TextDecoder().decode(expected ? gunzipSync(bytes) : bytes)).toBe(plain);
  });

  it("to HEAD has the headers of GET", async () => {
    for (const encoding of ["identity", "gzip"]) {
      const [get, head] = [
        await ask({ "accept-encoding": encoding }),
        await ask({ "accept-encoding": encoding }, "HEAD"),
      ];
      expect([...head.headers]).toEqual([...get.headers]);
      expect(await head.text()).toBe("");
    }
  });

  it("has other URLs, and another tag, for each token", async () => {
    const signed = await createTitleApp(FILM, { AUTH_SECRET: SECRET });
    const keys = await importAccessKeys([SECRET]);
    const expiresAt = Math.ceil(Date.now() / 1000) + 60;
    const answers = [];
    for (const viewer of ["anna", "berta"]) {
      const token = await signToken({ prefix: "films", expiresAt, viewer }, keys);
      const response = await signed.app.request(`${signed.pathOf("v720", "index.m3u8")}?token=${token}`);
      const text = await response.text();
      expect(text).toContain(`\n0.m4s?token=${token}\n`);
      expect(response.headers.get("cache-control")).toMatch(/^private, /);
      answers.push({ text, etag: response.headers.get("etag") });
    }
    expect(answers[0]!.text).not.toBe(answers[1]!.text);
    expect(answers[0]!.etag).not.toBe(answers[1]!.etag);
    await signed.close();
  });

  it("is asked of nobody: no job is made of it", async () => {
    await ask();
    expect(await title.store.stats()).toMatchObject({ queued: 0, leased: 0, dead: 0 });
  });
});
