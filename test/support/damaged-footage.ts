import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findBox } from "../../check/media/iso-bmff.ts";
import { cachedFile, repositoryRoot } from "./footage-cache.ts";
import { type Recipe, recipeArguments } from "./footage-catalogue.ts";
import { runProgram } from "./run-program.ts";

export type DamageKind = keyof typeof damages | "missing";

interface Damage {
  readonly extension: string;
  /** Muxer options of the sound file that gets damaged; without them the bytes come from nothing. */
  readonly muxer?: readonly string[];
  readonly videoOnly?: boolean;
  readonly harm: (whole: Buffer) => Uint8Array;
}

/** Increase when a `harm` function changes: functions are not part of the cache key. */
const version = 1;

const cut = (whole: Buffer) => whole.subarray(0, Math.floor(whole.length * 0.6));

const damages = {
  empty: { extension: "mp4", harm: () => new Uint8Array() },
  garbage: { extension: "mp4", harm: () => randomBytes(300_000) },
  text: { extension: "mp4", harm: () => Buffer.from("This is a letter, not a film.\n".repeat(500)) },
  /** The index is whole, 40 % of what it points at is missing. */
  "truncated-mp4": { extension: "mp4", muxer: ["-movflags", "+faststart"], harm: cut },
  /** The index was at the end and is lost. */
  "truncated-no-moov": { extension: "mp4", muxer: [], harm: cut },
  "truncated-mkv": { extension: "mkv", muxer: [], harm: cut },
  "truncated-ts": { extension: "ts", muxer: [], harm: cut },
  "corrupted-middle-mp4": { extension: "mp4", muxer: ["-movflags", "+faststart"], harm: flipBits },
  /** Well-formed, but its only track has a codec that nobody knows. */
  "unknown-codec": {
    extension: "mp4",
    muxer: ["-movflags", "+faststart"],
    videoOnly: true,
    harm: renameCodec,
  },
} as const satisfies Record<string, Damage>;

export const damageKinds: readonly DamageKind[] = [
  ...(Object.keys(damages) as (keyof typeof damages)[]),
  "missing",
];

/** The absolute path of a broken file, made from 20 s of sound 640x360 footage at 25 fps; `missing` leads to no file. */
export async function damagedFootage(kind: DamageKind): Promise<string> {
  if (kind === "missing") return join(repositoryRoot, ".cache/footage/missing.mp4");
  const damage: Damage = damages[kind];
  const args = damage.muxer ? recipeArguments(soundRecipe(damage)) : [];
  const entry = { name: `damaged-${kind}`, extension: damage.extension, key: [args, version] };
  return cachedFile(entry, async (path) => {
    if (damage.muxer) await runProgram("ffmpeg", [...args, path]);
    await writeFile(path, damage.harm(damage.muxer ? await readFile(path) : Buffer.alloc(0)));
  });
}

function soundRecipe(damage: Damage): Recipe {
  const picture = {
    width: 640,
    height: 360,
    rate: { num: 25, den: 1 },
    frames: 500,
    after: "format=yuv420p",
  };
  const sound = { rate: 48000, layout: "stereo", start: 0, end: 20, pitch: 1, markerSeconds: 2 } as const;
  const x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-bf", "3", "-g", "50"];
  const output = [...x264, ...(damage.videoOnly ? [] : ["-c:a", "aac"]), ...(damage.muxer ?? [])];
  return { extension: damage.extension, picture, sounds: damage.videoOnly ? [] : [sound], output };
}

/** Flips one bit in 400 bytes of the middle tenth of the media data. */
function flipBits(whole: Buffer): Uint8Array {
  const mdat = findBox(whole, ["mdat"]);
  if (!mdat) throw new Error("no mdat box to corrupt");
  const harmed = Uint8Array.from(whole);
  const random = randomNumbers(2);
  for (let flips = 0; flips < 400; flips++) {
    const at = mdat.start + Math.floor(mdat.size * (0.45 + 0.1 * random()));
    harmed[at] = harmed[at]! ^ (1 << Math.floor(8 * random()));
  }
  return harmed;
}

function renameCodec(whole: Buffer): Uint8Array {
  const at = whole.indexOf("avc1", whole.indexOf("stsd"));
  const harmed = Uint8Array.from(whole);
  harmed.set(Buffer.from("zzzz"), at);
  return harmed;
}

function randomBytes(length: number): Uint8Array {
  const random = randomNumbers(1);
  return Uint8Array.from({ length }, () => Math.floor(256 * random()));
}

/** The same numbers in [0, 1) for a seed at every run: a linear congruential generator (Numerical Recipes). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
