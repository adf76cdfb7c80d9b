import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { detectEncoders, tryEncoder } from "../../worker/encoders/detect-encoders.ts";
import { DRIVER_FAILURES, type FakeDriver, fakeDriver } from "./fake-driver.ts";

const { signal } = new AbortController();
const realPath = process.env.PATH;
let driver: FakeDriver;

beforeAll(async () => {
  driver = await fakeDriver();
});
beforeEach(async () => {
  process.env.PATH = driver.path;
  await driver.behave("");
});
afterAll(async () => {
  process.env.PATH = realPath;
  await driver.remove();
});

it("finds every encoder that makes the test pictures as a film's are to be", async () => {
  const found = await detectEncoders(undefined, signal);
  expect(found).toEqual(
    ["nvenc", "qsv", "vaapi", "amf", "videotoolbox"].map((family) => ({ family, kind: "usable" })),
  );
});

it.each([
  ["nvenc", DRIVER_FAILURES.noLibrary, "its driver is not installed, or can't be loaded"],
  ["nvenc", DRIVER_FAILURES.noDevice, "there is no such device, or this process may not open it"],
  ["nvenc", DRIVER_FAILURES.noSession, "its driver takes no more sessions, or has no memory for one"],
  ["vaapi", DRIVER_FAILURES.noVaapi, "its driver is not installed, or can't be loaded"],
  ["qsv", DRIVER_FAILURES.noQuickSync, "there is no such device, or this process may not open it"],
  ["amf", "echo \"Unknown encoder 'h264_amf'\" >&2; exit 1", "this FFmpeg was built without it"],
  ["nvenc", DRIVER_FAILURES.crash, "FFmpeg stopped without a word"],
  ["nvenc", DRIVER_FAILURES.halfAFile, "it makes something else than it was asked for"],
] as const)("says why %s is of no use: %s", async (family, behaviour, words) => {
  await driver.behave(behaviour);
  const detection = await tryEncoder({ family }, signal);
  expect(detection).toMatchObject({ family, kind: "unusable", reason: expect.stringContaining(words) });
  expect(detection).toMatchObject({ reason: expect.stringContaining(`h264_${family}: `) });
});

it("has no use for one that makes another profile than playlists promise", async () => {
  await driver.behave(`exec ffmpeg "\${@/high/main}"`);
  expect(await tryEncoder({ family: "nvenc" }, signal)).toMatchObject({
    reason: expect.stringContaining("profile 77"),
  });
});
