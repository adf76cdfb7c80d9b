import { readFile, rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Library, makeLibrary } from "../players/make-library.ts";
import { drawsAll } from "../support/draw.ts";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { cachedFile } from "../support/footage-cache.ts";
import { burst } from "../support/frame-marks.ts";
import { findOnsets } from "../support/markers.ts";
import { decodePcm } from "../support/pcm.ts";
import { runProgram } from "../support/run-program.ts";
import { presentationStart, readRendition } from "./fragment-times.ts";
import {
  openTitle,
  type PlayedRendition,
  play,
  type ServedRendition,
  type ServedTitle,
} from "./served-title.ts";

/** Three hours with the whole suite, else half an hour: a small picture whose sound runs 0.01 % slow against it. */
const FILM_SECONDS = drawsAll ? 3 * 3600 : 1800;
const DRIFT = 1.0001;
/** A burst every two seconds of the sound's own clock, which is a loop of this many seconds. */
const LOOP_SECONDS = 96;
const PACKET_SECONDS = 1536 / 48000;
/** What the first track lacks, and what the second one begins with: packets. */
const GAP = { from: 37_500, to: 37_521 };
const LATE = 40;
/** Where sound is listened to, seconds: the start, about the gap, the end. */
const PLACES = [0, 1196, FILM_SECONDS - 14];
const TOLERANCE_SECONDS = 0.02;

let library: Library;
let server: EmbeddedServer;
let title: ServedTitle;

beforeAll(async () => {
  library = await makeLibrary({ "long.mkv": await longFilm() });
  server = await startServer(library.dir);
  title = await openTitle(server.url, "long.mkv");
});

afterAll(async () => {
  await server?.stop();
  await library?.remove();
});

/** When the sound's burst `number` is heard, seconds on the title's clock. */
const burstTime = (number: number) => 2 * number * DRIFT;
const gap = { start: GAP.from * PACKET_SECONDS * DRIFT, end: (GAP.to + 1) * PACKET_SECONDS * DRIFT };

describe(`after ${FILM_SECONDS} s of drift, with a gap and a late start`, () => {
  test.each(PLACES)("the sound at %i s lies within 20 ms of the picture", async (place) => {
    for (const sound of title.sounds) {
      const heard = await listen(sound, place);
      const isLate = sound.id === "a1";
      const expected = bursts(heard.from + 0.1, heard.to - 0.1).filter(
        (time) => isLate || time + burst.seconds < gap.start || time > gap.end,
      );
      expect(expected.length).toBeGreaterThan(2);
      const present = expected.filter((time) => !isLate || time > LATE * PACKET_SECONDS * DRIFT);
      expect(heard.onsets.length).toBe(present.length);
      for (const [index, time] of present.entries()) {
        expect(Math.abs(heard.onsets[index]! - time), `${sound.id} at ${time}`).toBeLessThan(
          TOLERANCE_SECONDS,
        );
      }
    }
  });

  test("packets served as they are keep the time that the source gives them, and leave its gap", async () => {
    const copies = title.otherSounds.filter(({ id }) => id.startsWith("d"));
    // The other track begins late.
    expect(copies.map(({ id }) => id)).toEqual(["d0"]);
    for (const place of PLACES) {
      const { played, from } = await fetchAt(copies[0]!, place);
      const { fragments, track } = readRendition(played);
      const zero = await titleStart();
      const times = fragments.flatMap(({ samples }) =>
        samples.map(({ pts }) => pts / track.timescale - zero),
      );
      const first = Math.round(times[0]! / PACKET_SECONDS / DRIFT);
      expect(Math.abs(times[0]! - from)).toBeLessThan(PACKET_SECONDS);
      let number = first;
      for (const time of times) {
        if (number === GAP.from) number = GAP.to + 1;
        const off = time - number * PACKET_SECONDS * DRIFT;
        if (Math.abs(off) > 0.001) expect.fail(`packet ${number} is ${off} s off`);
        number++;
      }
    }
  });
});

function bursts(from: number, to: number): number[] {
  const numbers = Array.from(
    { length: Math.ceil((to - from) / 2) + 2 },
    (_, k) => Math.floor(from / 2) + k - 1,
  );
  return numbers.map(burstTime).filter((time) => time > from && time + burst.seconds < to);
}

async function listen(sound: ServedRendition, place: number) {
  const { played, from } = await fetchAt(sound, place);
  const read = readRendition(played);
  const decoded = await decodePcm(played.stream, {
    channels: 1,
    zero: presentationStart(read) / read.track.timescale,
    tolerance: 0,
  });
  expect(decoded.jumps).toEqual([]);
  const onsets = findOnsets(decoded.channels[0]!, decoded.rate).map((onset) => from + onset);
  const to = from + decoded.channels[0]!.length / decoded.rate;
  return {
    from,
    to,
    onsets: onsets.filter((onset) => onset > from + 0.1 && onset + burst.seconds < to - 0.1),
  };
}

/** Three segments from a place on, and when they begin, seconds on the title's clock. */
async function fetchAt(
  sound: ServedRendition,
  place: number,
): Promise<{ played: PlayedRendition; from: number }> {
  const starts: number[] = [];
  let end = 0;
  for (const { seconds } of sound.playlist.segments) {
    starts.push(end);
    end += seconds;
  }
  const first = starts.findLastIndex((start) => start <= place);
  const indices = [0, 1, 2, 3].map((k) => first + k).filter((index) => index < starts.length);
  const [played] = await play([sound], 1, () => indices);
  const segments = played!.segments.filter(Boolean);
  return { played: { ...played!, segments }, from: starts[first]! };
}

/** When the title's zero is presented, seconds on the clock of the media's time stamps. */
async function titleStart(): Promise<number> {
  const [picture] = await play([title.rungs[0]!], 1, () => [0]);
  const read = readRendition(picture!);
  return presentationStart(read) / read.track.timescale;
}

/** One loop of sound, repeated and slowed down by its time stamps alone, beside a frame every second. */
function longFilm(): Promise<string> {
  const slope = (burst.toHz - burst.fromHz) / burst.seconds / 2;
  const chirp =
    `st(0,mod(n,96000)/48000);lt(ld(0),${burst.seconds})*${burst.amplitude}` +
    `*sin(2*PI*(${burst.fromHz}*ld(0)+${slope}*ld(0)*ld(0)))`;
  const loop = [
    "-f",
    "lavfi",
    "-i",
    `aevalsrc='${chirp}':s=48000:d=${LOOP_SECONDS}`,
    "-c:a",
    "ac3",
    "-b:a",
    "32k",
  ];
  const loops = Math.ceil(FILM_SECONDS / LOOP_SECONDS);
  const film = [
    ...["-f", "lavfi", "-i", `color=s=64x36:r=1:d=${FILM_SECONDS}`, "-itsscale", String(DRIFT)],
    ...["-f", "ac3", "-i", "pipe:0", "-map", "0:v", "-map", "1:a", "-map", "1:a", "-c:a", "copy"],
    ...[
      "-bsf:a:0",
      `noise=drop='between(n\\,${GAP.from}\\,${GAP.to})'`,
      "-bsf:a:1",
      `noise=drop='lt(n\\,${LATE})'`,
    ],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-threads", "2"],
  ];
  return cachedFile({ name: "long-drift", extension: "mkv", key: [loop, loops, film] }, async (path) => {
    const part = `${path}.ac3`;
    try {
      await runProgram("ffmpeg", ["-v", "error", "-y", ...loop, part]);
      const once = await readFile(part);
      const sound = Buffer.concat(Array.from({ length: loops }, () => once));
      await runProgram("ffmpeg", ["-v", "error", "-y", ...film, path], sound);
    } finally {
      await rm(part, { force: true });
    }
  });
}
