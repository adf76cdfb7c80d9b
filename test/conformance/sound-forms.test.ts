import { link } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { footage } from "../support/footage.ts";
import { cachedFile } from "../support/footage-cache.ts";
import { startOfVideo } from "../support/markers.ts";
import { decodePcm } from "../support/pcm.ts";
import { runProgram } from "../support/run-program.ts";
import {
  borders,
  peakBitrate,
  presentationStart,
  type ReadRendition,
  readRendition,
  steps,
} from "./fragment-times.ts";
import { type MediaFolder, makeMediaFolder } from "./media-folder.ts";
import { openTitle, type PlayedRendition, play, type ServedTitle } from "./served-title.ts";
import { encodeOnGrid, FRAME, findLag, moveTo, noiseAtSeams } from "./sound-reference.ts";

/** Segments of the picture and of the sound in 5.1 that are played: the first 12 s. The sound as it is, whole. */
const PLAYED: Readonly<Record<string, number>> = { v240: 1, m0: 6 };

let folder: MediaFolder;
let server: EmbeddedServer;
let title: ServedTitle;
let played: ReadonlyMap<string, PlayedRendition & ReadRendition>;

beforeAll(async () => {
  folder = await makeMediaFolder(["surround-ac3-mkv"]);
  server = await startServer(folder.path, { SEGMENT_SECONDS: "3" });
  title = await openTitle(server.url, folder.files.get("surround-ac3-mkv")!);
  const wanted = [title.rungs[0]!, ...title.otherSounds];
  const parts = await play(wanted, 1, ({ id, playlist: { segments } }) =>
    [...segments.keys()].slice(0, PLAYED[id] ?? segments.length),
  );
  played = new Map(parts.map((part) => [part.rendition.id, { ...part, ...readRendition(part) }]));
});

afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

const pictureStart = () => {
  const picture = played.get("v240")!;
  return presentationStart(picture) / picture.track.timescale;
};

test("a film with AC-3 in 5.1 is offered in 5.1 AAC and as it is", () => {
  const groups = title.otherSounds.map(({ id, attributes }) => [
    id,
    attributes.get("GROUP-ID"),
    attributes.get("CHANNELS"),
  ]);
  expect(groups).toEqual([
    ["m0", "surround", "6"],
    ["d0", "ac3", "6"],
  ]);
});

describe("the sound in 5.1", () => {
  test("has six channels, and every sample in its place", async () => {
    const surround = played.get("m0")!;
    expect(surround.track).toMatchObject({ handler: "soun", codec: "mp4a", hasEditList: false });
    for (const { expected, tfdt } of borders(surround)) expect(tfdt).toBe(expected);
    expect(steps(surround, "pts")).toEqual([1024]);
    expect(peakBitrate(surround)).toBeLessThanOrEqual(512_000);
    const { stdout } = await runProgram(
      "ffprobe",
      ["-v", "error", "-show_entries", "stream=channels,channel_layout", "-of", "csv=p=0", "pipe:0"],
      surround.stream,
    );
    expect(stdout.toString().trim()).toBe("6,5.1");
  });

  test("has in every channel seams that can't be told from an unbroken encode", async () => {
    const surround = played.get("m0")!;
    const file = await footage("surround-ac3-mkv");
    const [source, decoded] = await Promise.all([
      decodePcm(file, { channels: 6, zero: await startOfVideo(file) }),
      decodePcm(surround.stream, { channels: 6, zero: pictureStart(), tolerance: 0 }),
    ]);
    expect(decoded.jumps).toEqual([]);
    const lag = findLag(source.channels[0]!, decoded.channels[0]!, [96_000, 104_192], 64)!;
    expect(Math.abs(lag)).toBeLessThanOrEqual(48);
    const truth = moveTo(source.channels, lag, decoded.channels[0]!.length);
    const unbroken = await encodeOnGrid(truth, decoded.rate, 0);
    const first = surround.fragments[0]!.tfdt!;
    // Every other seam lies in a burst: what becomes of that is chance, in an unbroken encode as well.
    const seams = surround.fragments
      .slice(1)
      .map(({ tfdt }) => tfdt! - first)
      .filter((seam) => Math.round(seam / decoded.rate) % 2 === 1);
    expect(seams.length).toBeGreaterThan(2);
    for (const [channel, samples] of decoded.channels.entries()) {
      for (const radius of [FRAME, FRAME / 4]) {
        const noise = (sound: Float32Array) => noiseAtSeams(truth[channel]!, sound, seams, radius);
        const ratio = noise(samples) / noise(unbroken[channel]!);
        expect.soft(ratio, `noise ±${radius} at seams of channel ${channel}`).toBeLessThanOrEqual(1.5);
      }
    }
  });
});

describe("the sound as it is", () => {
  test("has every packet of the source once, in order and in its place", async () => {
    const copy = played.get("d0")!;
    const file = await footage("surround-ac3-mkv");
    const [zero, source, served] = await Promise.all([
      startOfVideo(file),
      readPackets(file),
      readPackets(copy.stream),
    ]);
    expect(served.map(({ hash }) => hash)).toEqual(source.map(({ hash }) => hash));
    const added = served.map(
      ({ seconds }, index) => seconds - pictureStart() - (source[index]!.seconds - zero),
    );
    expect(Math.max(...added.map(Math.abs))).toBeLessThan(0.0001);
  });

  test("is cut next to the picture's borders, within BANDWIDTH, without an edit list", () => {
    const copy = played.get("d0")!;
    expect(copy.track).toMatchObject({ handler: "soun", codec: "ac-3", hasEditList: false });
    for (const { expected, tfdt } of borders(copy)) expect(tfdt).toBe(expected);
    expect(steps(copy, "pts")).toEqual([1536]);
    expect(peakBitrate(copy)).toBeLessThanOrEqual(448_000 * 1.25);
    const ends = (segments: readonly { readonly seconds: number }[]) =>
      segments.map((_, index) => segments.slice(0, index + 1).reduce((sum, { seconds }) => sum + seconds, 0));
    const picture = ends(title.rungs[0]!.playlist.segments);
    for (const [index, end] of ends(copy.rendition.playlist.segments).entries()) {
      expect(Math.abs(end - picture[index]!)).toBeLessThan(0.033);
    }
  });

  test("decodes as one stream without a complaint", async () => {
    const { stream } = played.get("d0")!;
    const { stderr } = await runProgram(
      "ffmpeg",
      ["-v", "warning", "-i", "pipe:0", "-f", "null", "-"],
      stream,
    );
    expect(stderr.toString()).toBe("");
  });
});

test("E-AC-3 of a transport stream is offered as it is, every packet once and in its place", async () => {
  const original = await footage("surround-ac3-mkv");
  const codec = ["-t", "7", "-c:v", "copy", "-c:a", "eac3", "-b:a", "256k"];
  const entry = { name: "surround-eac3", extension: "ts", key: [original.split("/").at(-1), codec] };
  const file = await cachedFile(entry, async (path) => {
    await runProgram("ffmpeg", ["-v", "error", "-y", "-i", original, ...codec, path]);
  });
  await link(file, join(folder.path, "eac3.ts"));
  const film = await openTitle(server.url, "eac3.ts");
  const sound = film.otherSounds.find(({ id }) => id === "d0")!;
  expect(sound.attributes.get("GROUP-ID")).toBe("eac3");
  const [copy] = await play([sound], 1);
  const [zero, source, served] = await Promise.all([
    startOfVideo(file),
    readPackets(file),
    readPackets(copy!.stream),
  ]);
  const [first] = served;
  const skipped = source.findIndex(({ hash }) => hash === first!.hash);
  // What ends before the picture begins is no part of the title.
  expect(skipped).toBe(source.filter(({ seconds }) => seconds + 0.032 <= zero).length);
  expect(served.map(({ hash }) => hash)).toEqual(source.slice(skipped).map(({ hash }) => hash));
  const added = served.map(
    ({ seconds }, index) => seconds - pictureStart() - (source[skipped + index]!.seconds - zero),
  );
  expect(Math.max(...added.map(Math.abs))).toBeLessThan(0.0001);
});

async function readPackets(source: string | Uint8Array) {
  const { stdout } = await runProgram(
    "ffprobe",
    [
      ...["-v", "error", "-select_streams", "a:0", "-show_data_hash", "md5"],
      ...["-show_entries", "packet=pts_time,data_hash", "-of", "json"],
      typeof source === "string" ? source : "pipe:0",
    ],
    typeof source === "string" ? undefined : source,
  );
  const { packets } = JSON.parse(stdout.toString()) as {
    packets: { pts_time: string; data_hash: string }[];
  };
  return packets.map(({ pts_time, data_hash }) => ({ seconds: Number(pts_time), hash: data_hash }));
}
