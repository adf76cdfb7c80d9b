import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FaultCode } from "../../shared/fault.ts";
import { FileStorage } from "../../shared/node/file-storage.ts";
import { playThrough } from "../support/play-through.ts";
import { randomNumbers } from "../support/random-numbers.ts";
import { watchFfmpegDeaths } from "./ffmpeg-deaths.ts";
import { mutate } from "./mutations.ts";
import { makeOriginals, type Original } from "./originals.ts";

export interface FuzzOptions {
  readonly seed: number;
  /** Which inputs of the seed: from `first` on. */
  readonly first: number;
  readonly inputs: number;
  readonly parallel: number;
  /** Where inputs that found something are kept. */
  readonly keepIn?: string;
  readonly onInput?: (done: number) => void;
}

/** All figures but `tried`, `played`, `faults` and `ffmpegDeaths` have to be 0. */
export interface FuzzReport {
  tried: number;
  played: number;
  /** How many inputs ended with which fault. */
  readonly faults: Record<string, number>;
  /** What is no answer to a damaged file. */
  readonly crashes: string[];
  /** Inputs that a time-out ended. */
  readonly hangs: string[];
  /** FFmpeg or ffprobe ended by a signal of its own: contained, and not our doing. */
  ffmpegDeaths: number;
  processesLeft: number;
  temporaryFilesLeft: number;
  fileHandlesLeft: number;
}

/** Codes that say something of the source; others would be a fault of ours. */
const SENSIBLE: ReadonlySet<FaultCode> = new Set([
  "not-media",
  "codec-unsupported",
  "source-damaged",
  "source-too-large",
  "source-empty",
  "encode-failed",
]);
const TIMEOUTS: ReadonlySet<FaultCode> = new Set(["source-timeout", "encode-timeout"]);
const INPUT_TIMEOUT_MS = 300_000;

/** Damages files and takes each through the worker's own code: probe, plan, a segment of picture and one of sound. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const folder = await mkdtemp(join(tmpdir(), "seamline-fuzz-"));
  const path = process.env.PATH!;
  try {
    const originals = await makeOriginals(folder);
    const readDeaths = await watchFfmpegDeaths(folder);
    const run = new FuzzRun(folder, originals, options);
    await run.warmUp();
    const handles = await openHandles();
    await run.all();
    const { report } = run;
    report.ffmpegDeaths = (await readDeaths()).length;
    report.processesLeft = await childrenLeft();
    report.temporaryFilesLeft = await temporaryFiles(folder);
    report.fileHandlesLeft = Math.max(0, (await openHandles()) - handles);
    return report;
  } finally {
    process.env.PATH = path;
    await rm(folder, { recursive: true, force: true });
  }
}

class FuzzRun {
  readonly report: FuzzReport = {
    tried: 0,
    played: 0,
    faults: {},
    crashes: [],
    hangs: [],
    ffmpegDeaths: 0,
    processesLeft: 0,
    temporaryFilesLeft: 0,
    fileHandlesLeft: 0,
  };
  readonly #media: string;
  readonly #storage: FileStorage;
  readonly #storageDir: string;
  readonly #originals: readonly Original[];
  readonly #options: FuzzOptions;
  #next: number;

  constructor(folder: string, originals: readonly Original[], options: FuzzOptions) {
    this.#media = join(folder, "media");
    this.#storageDir = join(folder, "storage");
    this.#storage = new FileStorage(this.#storageDir);
    this.#originals = originals;
    this.#options = options;
    this.#next = options.first;
  }

  /** Every original has to play, else nothing is proved; and what is opened once and kept, is open by then. */
  async warmUp(): Promise<void> {
    await mkdir(this.#media);
    await mkdir(this.#storageDir);
    for (const { extension, bytes } of this.#originals) {
      const name = `whole.${extension}`;
      await writeFile(join(this.#media, name), bytes);
      const outcome = await playThrough(this.#media, name, this.#storage);
      if (outcome.kind === "fault") throw outcome.fault;
    }
  }

  async all(): Promise<void> {
    await Promise.all(Array.from({ length: this.#options.parallel }, () => this.#some()));
  }

  async #some(): Promise<void> {
    const { seed, first, inputs, onInput } = this.#options;
    while (this.#next < first + inputs) {
      const number = this.#next++;
      const random = randomNumbers(seed * 1_000_003 + number);
      const { name, bytes } = mutate(this.#originals, random);
      await this.#one(`${number}-${name}`, bytes, random());
      this.report.tried += 1;
      onInput?.(this.report.tried);
    }
  }

  async #one(name: string, bytes: Buffer, place: number): Promise<void> {
    const { report } = this;
    await writeFile(join(this.#media, name), bytes);
    const signal = AbortSignal.timeout(INPUT_TIMEOUT_MS);
    try {
      const outcome = await playThrough(this.#media, name, this.#storage, { place, signal });
      if (outcome.kind === "played") report.played += 1;
      else await this.#count(name, outcome.fault.code, `${outcome.stage}: ${outcome.fault.message}`);
    } catch (error) {
      const list = signal.aborted ? report.hangs : report.crashes;
      list.push(`${name}: ${error instanceof Error ? error.stack : error}`);
      await this.#keep(name);
    }
    await rm(join(this.#media, name));
  }

  async #count(name: string, code: FaultCode, message: string): Promise<void> {
    const { report } = this;
    report.faults[code] = (report.faults[code] ?? 0) + 1;
    if (SENSIBLE.has(code)) return;
    (TIMEOUTS.has(code) ? report.hangs : report.crashes).push(`${name}: ${code}: ${message}`);
    await this.#keep(name);
  }

  async #keep(name: string): Promise<void> {
    const { keepIn } = this.#options;
    if (!keepIn) return;
    await mkdir(keepIn, { recursive: true });
    await writeFile(join(keepIn, name), await readFile(join(this.#media, name)));
  }
}

async function openHandles(): Promise<number> {
  return (await readdir("/proc/self/fd")).length;
}

async function childrenLeft(): Promise<number> {
  const children = await readFile(`/proc/self/task/${process.pid}/children`, "utf8");
  return children.split(" ").filter(Boolean).length;
}

async function temporaryFiles(folder: string): Promise<number> {
  return (await readdir(join(folder, "storage/tmp")).catch(() => [])).length;
}
