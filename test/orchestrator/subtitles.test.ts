import { afterEach, describe, expect, it } from "vitest";
import { importAccessKeys, signToken } from "../../shared/access/token.ts";
import { seal } from "../../shared/storage/seal.ts";
import { formatWebvtt } from "../../shared/subtitles/format-webvtt.ts";
import { parseWebvtt } from "../../shared/subtitles/parse-webvtt.ts";
import { exampleSource } from "../shared/media/example-source.ts";
import { createTitleApp, type TitleApp } from "../support/title-app.ts";

const TRACK = {
  codec: "subrip",
  form: "text",
  isDefault: false,
  isForced: false,
  isHearingImpaired: false,
} as const;
const source = exampleSource({
  subtitles: [0, 1].map((position) => ({ streamIndex: 2 + position, ...TRACK })),
});
const cues = [{ startMs: 500, endMs: 1500, settings: "", text: "Hi" }];

let titleApp: TitleApp;
afterEach(() => titleApp.close());

const publish = async (rendition: string) =>
  titleApp.publish(
    rendition,
    "cues.vtt",
    await seal("cues.vtt", new TextEncoder().encode(formatWebvtt(cues))),
  );

describe("subtitles", () => {
  it("that are in storage are served without a job", async () => {
    titleApp = await createTitleApp(source);
    await publish("t1");
    for (const name of ["0.vtt", "1.vtt", "subtitles.vtt"]) {
      const response = await titleApp.app.request(titleApp.pathOf("t1", name));
      expect(response.status).toBe(200);
      expect(parseWebvtt(await response.text())).toEqual(cues);
    }
    const last = await titleApp.app.request(titleApp.pathOf("t1", "2.vtt"));
    expect(parseWebvtt(await last.text())).toEqual([]);
    expect(await titleApp.store.stats()).toMatchObject({ queued: 0 });
  });

  it("of one file are one job, whichever is asked for", async () => {
    titleApp = await createTitleApp(source);
    for (const rendition of ["t0", "t1"]) {
      const response = await titleApp.app.request(titleApp.pathOf(rendition, "0.vtt"));
      expect(response.status).toBe(503);
      expect(response.headers.get("retry-after")).not.toBeNull();
    }
    expect(await titleApp.store.stats()).toMatchObject({ queued: 1 });
  });

  it("are asked for ahead by whoever takes their playlist, which is there at once", async () => {
    titleApp = await createTitleApp(source);
    const response = await titleApp.app.request(titleApp.pathOf("t0", "index.m3u8"));
    expect(response.status).toBe(200);
    await expect.poll(() => titleApp.store.stats()).toMatchObject({ queued: 1 });
  });

  it("need a token where titles do, and hand it on", async () => {
    const secret = "the secret of this test: long enough";
    titleApp = await createTitleApp(source, { AUTH_SECRET: secret });
    const grant = { prefix: "films", expiresAt: Math.ceil(Date.now() / 1000) + 60 };
    const token = await signToken(grant, await importAccessKeys([secret]));
    const paths = [
      ...["index.m3u8", "0.vtt", "subtitles.vtt"].map((name) => titleApp.pathOf("t0", name)),
      ...["chapters.json", "chapters.vtt"].map((name) => `/hls/${source.path}/${titleApp.title.key}/${name}`),
      `/hls/${source.path}/title.json`,
    ];
    for (const path of paths) expect((await titleApp.app.request(path)).status, path).toBe(401);
    const playlist = await titleApp.app.request(`${paths[0]}?token=${token}`);
    expect(playlist.headers.get("cache-control")).toBe("private, max-age=31536000, immutable");
    expect(await playlist.text()).toContain(`\n0.vtt?token=${token}\n`);
  });
});
