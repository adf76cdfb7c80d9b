import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { runProgram } from "../support/run-program.ts";
import { launchChromium, openPage } from "./chromium.ts";

let folder: string;
let server: EmbeddedServer;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "seamline-stills-"));
  const picture = ["-f", "lavfi", "-i", "color=0x3080e0:size=320x180:rate=10:duration=2"];
  const encoder = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "ultrafast"];
  await runProgram("ffmpeg", ["-v", "error", ...picture, ...encoder, join(folder, "blue.mp4")]);
  server = await startServer(folder);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

it.each([
  "screenshot?at=1&format=jpg",
  "screenshot?at=1&format=webp",
  "screenshot?at=1&format=avif",
  "poster.jpg",
])("a browser shows %s, in the colours of the film", async (name) => {
  const { page, troubles } = await openPage(browser, server.url);
  const [width, height, ...colour] = await page.evaluate(
    async (url) => {
      const image = new Image();
      image.src = url;
      await image.decode();
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
      const context = canvas.getContext("2d")!;
      context.drawImage(image, 0, 0);
      return [canvas.width, canvas.height, ...context.getImageData(100, 100, 1, 1).data.slice(0, 3)];
    },
    new URL(`hls/blue.mp4/${name}`, server.url).href,
  );
  expect([width, height]).toEqual([320, 180]);
  for (const [channel, value] of [0x30, 0x80, 0xe0].entries()) {
    expect(Math.abs(colour[channel]! - value), `channel ${channel} of ${colour}`).toBeLessThanOrEqual(6);
  }
  expect(troubles).toEqual([]);
  await page.close();
});
