import { copyFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  type ClientSession,
  type DatabaseConnector,
  HLSController,
  type HLSManagerOptions,
  INIT_SEGMENT_NUMBER,
  type MediaMetadata,
  type SegmentStream,
  type StreamMetricsEvent,
  StreamType,
  TranscodeType,
  VideoQualityEnum,
} from "../../library/index.ts";
import { silentLog } from "../../shared/log.ts";
import { runProgram } from "../support/run-program.ts";
import { filmFolder } from "./short-film.ts";

let folder: Awaited<ReturnType<typeof filmFolder>>;
const controllers: HLSController[] = [];

/** A controller over the folder's one cache, of which all tests make use. */
function makeController(options: Partial<HLSManagerOptions> = {}): HLSController {
  const cacheDirectory = join(folder.dir, "cache");
  const controller = new HLSController({ cacheDirectory, log: silentLog, ...options });
  controllers.push(controller);
  return controller;
}

beforeAll(async () => {
  folder = await filmFolder();
  await writeFile(join(folder.dir, "film.de.srt"), "1\n00:00:03,000 --> 00:00:04,000\nHallo\n");
});

afterEach(async () => {
  await Promise.all(controllers.splice(0).map((controller) => controller.dispose()));
});

afterAll(() => folder?.remove());

async function segment(
  controller: HLSController,
  type: StreamType,
  quality: string,
  number: number,
): Promise<Buffer> {
  const { stream, size } = await controller.getSegmentStream(folder.film, "a", type, quality, 0, number);
  const bytes = await buffer(stream);
  expect(bytes).toHaveLength(size);
  return bytes;
}

const sizeOf = async ({ stream }: SegmentStream) => (await buffer(stream)).length;
const numbersIn = (playlist: string) =>
  [...playlist.matchAll(/^segment-(\d+)\.ts$/gm)].map(([, n]) => Number(n));

async function countFrames(bytes: Buffer): Promise<number> {
  const args = ["-v", "error", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0"];
  const { stdout } = await runProgram("ffprobe", [...args, "pipe:0"], bytes);
  return Number.parseInt(stdout.toString(), 10);
}

test.each([
  ["a rung", StreamType.VIDEO, "240p", 144],
  ["the picture as it is in the file", StreamType.VIDEO, VideoQualityEnum.ORIGINAL, 144],
  ["sound", StreamType.AUDIO, "aac", 259],
] as const)("all segments of %s are one whole film", async (_, type, quality, frames) => {
  const controller = makeController();
  const playlist = await controller.getIndexPlaylist(folder.film, "a", type, quality, 0);
  const parts: Buffer[] = [];
  for (const number of [INIT_SEGMENT_NUMBER, ...numbersIn(playlist)])
    parts.push(await segment(controller, type, quality, number));
  expect(await countFrames(Buffer.concat(parts))).toBe(frames);
});

test("two controllers over one cache hand out the same bytes", async () => {
  const [first, second] = [makeController(), makeController()];
  const made = await segment(first, StreamType.VIDEO, "240p", 1);
  expect(await segment(second, StreamType.VIDEO, "240p", 1)).toEqual(made);
});

test("a film that was replaced since its playlist was handed out plays on as what it is now", async () => {
  const film = join(folder.dir, "replaced.mp4");
  await copyFile(folder.film, film);
  const controller = makeController();
  await controller.getIndexPlaylist(film, "a", StreamType.VIDEO, "240p", 0);
  await utimes(film, new Date(), new Date("2020-02-02"));
  const ask = () =>
    controller.getSegmentStream(film, "a", StreamType.VIDEO, "240p", 0, 2).then(sizeOf, () => 0);
  // What a probe found out is taken for true for two seconds.
  await expect.poll(ask, { timeout: 120_000 }).toBeGreaterThan(1000);
});

test("`original` alone makes the master playlist one of the picture as it is", async () => {
  const controller = makeController({ videoQualities: [VideoQualityEnum.ORIGINAL] });
  const master = await controller.getMasterPlaylist(folder.film, "a");
  expect(master.split("\n").filter((line) => line.startsWith("video/"))).toEqual([
    "video/0/original/playlist.m3u8",
  ]);
});

test("where the picture as it is is not offered, whoever asks for it gets the largest rung that is", async () => {
  const { P240, P720, ORIGINAL } = VideoQualityEnum;
  const controller = makeController({ videoQualities: [P240, P720] });
  const session = new Promise<ClientSession>((resolve) => void controller.onSessionChange(resolve));
  await controller.getIndexPlaylist(folder.film, "a", StreamType.VIDEO, ORIGINAL, 0);
  expect((await session).videoProfile.value).toBe(P240);
});

test("a screenshot is a JPEG of about the quality's width", async () => {
  const picture = await buffer(await makeController().generateScreenshot(folder.film, "240p", 0, 2.5));
  const args = ["-v", "error", "-show_entries", "stream=codec_name,width", "-of", "csv=p=0", "pipe:0"];
  expect((await runProgram("ffprobe", args, picture)).stdout.toString().trim()).toBe("mjpeg,426");
});

test("subtitles of the file and beside it are listed, and come as WebVTT", async () => {
  const controller = makeController();
  const list = await controller.getConvertibleSubtitles(folder.film);
  expect(list).toMatchObject([
    { index: 0, codec: "mov_text", extension: "vtt", language: "eng", isExternal: false },
    { index: 1, codec: "subrip", extension: "srt", language: "de", isExternal: true },
  ]);
  expect(await controller.getVTTSubtitle(folder.film, 0)).toContain("00:00:01.000 --> 00:00:02.000\nHello");
  const stream = await controller.getVTTSubtitleStream(folder.film, 1);
  expect((await buffer(stream)).toString()).toContain("00:00:03.000 --> 00:00:04.000\nHallo");
  await expect(controller.getVTTSubtitle(folder.film, 2)).rejects.toMatchObject({ status: 404 });
});

test("sessions say what a client plays, and how much of it is encoded", async () => {
  const controller = makeController();
  const sessions: ClientSession[] = [];
  const end = controller.onSessionChange((session) => sessions.push(session));
  const open = (quality: string) =>
    controller.getIndexPlaylist(folder.film, "me", StreamType.VIDEO, quality, 0);
  await open("240p");
  await open("240p");
  await open("original");
  await controller.getIndexPlaylist(folder.film, "me", StreamType.AUDIO, "aac", 0);
  end();
  await open("240p");
  const common = { clientId: "me", filePath: folder.film, audioIndex: 0, videoIndex: 0 };
  expect(sessions).toMatchObject([
    { ...common, status: TranscodeType.TRANSCODING, videoProfile: { value: "240p", height: 240 } },
    { ...common, status: TranscodeType.DIRECT_STREAM, videoProfile: { value: "original", height: 240 } },
    { ...common, status: TranscodeType.DIRECT_STREAM, audioProfile: { value: "aac", maxBitrate: 192_000 } },
  ]);
});

test("metrics count what became of a stream's segments, whatever a listener does", async () => {
  const controller = makeController({ config: { metricsInterval: 50 } });
  controller.onStreamMetrics(() => {
    throw new Error("a listener of the test");
  });
  const event = new Promise<StreamMetricsEvent>((resolve) => {
    controller.onStreamMetrics((metrics) => metrics.metrics.segmentsProcessed === 2 && resolve(metrics));
  });
  const first = await segment(controller, StreamType.VIDEO, "240p", 0);
  expect(await segment(controller, StreamType.VIDEO, "240p", 0)).toEqual(first);
  expect(await event).toMatchObject({
    type: "v",
    quality: "240p",
    streamIndex: 0,
    totalSegments: 4,
    segmentsCompleted: 1,
    segmentsPending: 0,
    segmentsFailed: 0,
    segmentsUnstarted: 3,
    averageSegmentDuration: 1500,
    isUsingHardwareAcceleration: false,
  });
});

describe("a database", () => {
  class Database implements DatabaseConnector {
    readonly kept = new Map<string, MediaMetadata>();
    readonly calls: string[] = [];
    async metadataExists(fileId: string) {
      this.calls.push("exists");
      return { exists: this.kept.has(`own-${fileId}`), fileId: `own-${fileId}` };
    }
    async getMetadata(fileId: string) {
      this.calls.push("get");
      return this.kept.get(fileId)!;
    }
    async saveMetadata(fileId: string, metadata: MediaMetadata) {
      this.calls.push("save");
      this.kept.set(fileId, metadata);
      return metadata;
    }
  }

  test("is told of a film once, and what it has is used from then on", async () => {
    const database = new Database();
    const controller = makeController({ database });
    await controller.createMetadata(folder.film);
    await controller.createMetadata(folder.film);
    expect(database.calls).toEqual(["exists", "save", "exists", "get"]);
    const [[id, metadata]] = [...database.kept] as [[string, MediaMetadata]];
    expect(id).toMatch(/^own-[0-9a-f]{32}$/);
    expect(metadata).toMatchObject({
      path: folder.film,
      extension: "mp4",
      mimeCodec: 'video/mp4; codecs="avc1.640015, mp4a.40.2"',
      videos: [{ index: 0, codec: "h264", width: 426, height: 240 }],
      audios: [{ index: 0, codec: "aac", mimeCodec: "mp4a.40.2", channels: 1 }],
    });
    expect(metadata.duration).toBeCloseTo(6, 1);
    metadata.subtitles = metadata.subtitles.slice(0, 1);
    expect(await controller.getConvertibleSubtitles(folder.film)).toHaveLength(1);
  });

  test("that fails keeps nobody from a film", async () => {
    const database = new Database();
    database.metadataExists = () => Promise.reject(new Error("the database is away"));
    const controller = makeController({ database });
    expect(await controller.getMasterPlaylist(folder.film, "a")).toMatch(/^#EXTM3U/);
    await expect(controller.createMetadata(folder.film)).rejects.toThrow("the database is away");
  });
});

describe("what can't be had", () => {
  test.each<[string, (controller: HLSController) => Promise<unknown>, object]>([
    [
      "a file that is not there",
      (controller) => controller.getMasterPlaylist("/no/film.mp4", "a"),
      { code: "source-not-found", status: 404, message: "There is no file “/no/film.mp4”." },
    ],
    [
      "a folder",
      (controller) => controller.getMasterPlaylist(folder.dir, "a"),
      { code: "source-not-a-file", status: 404 },
    ],
    [
      "a segment past the end",
      (controller) => controller.getSegmentStream(folder.film, "a", StreamType.VIDEO, "240p", 0, 4),
      { code: "not-found", status: 404 },
    ],
    [
      "a segment without a number",
      (controller) => controller.getSegmentStream(folder.film, "a", StreamType.VIDEO, "240p", 0, Number.NaN),
      { code: "not-found", status: 404, message: "There is no segment number NaN." },
    ],
    [
      "a type of stream that there is none of",
      (controller) => controller.getIndexPlaylist(folder.film, "a", "s" as StreamType, "240p", 0),
      { code: "not-found", message: "There is no stream type “s”: it is one of v and a." },
    ],
    [
      "a screenshot past the end",
      (controller) => controller.generateScreenshot(folder.film, "240p", 0, 60),
      { code: "bad-request", status: 400 },
    ],
  ])("%s is told with a code and a status", async (_, ask, expected) => {
    await expect(ask(makeController())).rejects.toMatchObject({ name: "ControllerError", ...expected });
  });

  test("whoever has gone is not answered", async () => {
    const signal = AbortSignal.abort(new Error("the viewer left"));
    const asked = makeController().getMasterPlaylist(folder.film, "a", { signal });
    await expect(asked).rejects.toThrow("the viewer left");
  });

  test("after its end a controller answers nothing, and what waits for it is told", async () => {
    const controller = makeController({ cacheDirectory: join(folder.dir, "other-cache") });
    const waiting = controller.getSegmentStream(folder.film, "a", StreamType.VIDEO, "240p", 0, 2);
    const told = expect(waiting).rejects.toMatchObject({ code: "shutting-down", status: 503 });
    await controller.dispose();
    await controller.dispose();
    await told;
    await expect(controller.getMasterPlaylist(folder.film, "a")).rejects.toMatchObject({ status: 503 });
  });

  test("a cache directory that is none stops the start", async () => {
    const controller = makeController({ cacheDirectory: folder.film });
    await expect(controller.initialize()).rejects.toThrow(/STORAGE_DIR=.*film\.mp4: can't be written to/);
  });
});
