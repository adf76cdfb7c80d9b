import type { CheckedPlaylist, CheckedSegment } from "./checked-playlist.ts";
import { type InitSegment, readInitSegment } from "./media/read-fmp4.ts";
import type { MediaPlaylist, MediaSegment, ResourceName } from "./playlist/media-playlist.ts";
import type { CheckPorts, Fetched } from "./ports.ts";
import { readSegment } from "./read-segment.ts";
import type { Turns } from "./turns.ts";
import type { Finding, Place } from "./violation.ts";

/** Segments that are in memory at a time, and decoded in one go: one more, the last of the batch before. */
const BATCH = 8;

export interface WalkDeps {
  readonly ports: CheckPorts;
  /** For whatever is fetched. */
  readonly turns: Turns;
  readonly signal: AbortSignal;
  readonly onSegment: (size: number) => void;
}

interface OpenInit {
  readonly name: ResourceName;
  readonly bytes: Uint8Array;
  readonly init: InitSegment | undefined;
}

/** A segment whose bytes are still here. */
interface Loaded extends CheckedSegment {
  readonly bytes: Uint8Array | undefined;
  readonly init: OpenInit | undefined;
}

/** Fetches and reads all segments of a media playlist, a batch at a time, and decodes across their borders. */
export class SegmentWalk {
  readonly #playlist: MediaPlaylist;
  readonly #deps: WalkDeps;
  readonly #findings: Finding[] = [];
  #init: { readonly key: string; readonly opened: Promise<OpenInit | undefined> } | undefined;

  constructor(playlist: MediaPlaylist, deps: WalkDeps) {
    this.#playlist = playlist;
    this.#deps = deps;
  }

  async run(): Promise<{ readonly checked: CheckedPlaylist; readonly findings: readonly Finding[] }> {
    const checked: CheckedSegment[] = [];
    const { segments, isIframesOnly } = this.#playlist;
    let last: Loaded | undefined;
    for (let first = 0; first < segments.length; first += BATCH) {
      this.#deps.signal.throwIfAborted();
      const batch = await Promise.all(segments.slice(first, first + BATCH).map((one) => this.#load(one)));
      checked.push(...batch.map(withoutBytes));
      if (!isIframesOnly) await this.#decodeSeams(last ? [last, ...batch] : batch);
      last = batch.at(-1);
    }
    return { checked: { playlist: this.#playlist, segments: checked }, findings: this.#findings };
  }

  async #load(segment: MediaSegment): Promise<Loaded> {
    const nothing = { segment, size: 0, contentType: undefined, tracks: [], cues: undefined };
    const place = this.#place(segment);
    if (segment.isGap) return { ...nothing, bytes: undefined, init: undefined };
    const init = segment.map && (await this.#openInit(segment.map, place));
    const fetched = await this.#fetch(segment, place);
    if (!fetched) return { ...nothing, bytes: undefined, init };
    const { bytes, contentType } = fetched;
    this.#deps.onSegment(bytes.length);
    if (segment.isEncrypted) {
      this.#find("not-checked", place, "media that is not encrypted", "EXT-X-KEY");
      return { ...nothing, size: bytes.length, bytes: undefined, init };
    }
    const hints = { url: segment.url, contentType, init: segment.map ? init?.init : ("none" as const) };
    const { tracks, cues, wrong } = await readSegment(bytes, hints, this.#deps.ports, this.#deps.signal);
    if (wrong) this.#find(wrong.code, place, wrong.expected, wrong.found);
    return { segment, size: bytes.length, contentType, tracks, cues, bytes, init };
  }

  /** Segments of one map follow each other: only the last one is kept. */
  #openInit(name: ResourceName, place: Place): Promise<OpenInit | undefined> {
    const key = `${name.url} ${name.range?.start} ${name.range?.end}`;
    if (this.#init?.key !== key) this.#init = { key, opened: this.#readInit(name, place) };
    return this.#init.opened;
  }

  async #readInit(name: ResourceName, place: Place): Promise<OpenInit | undefined> {
    const fetched = await this.#fetch(name, { url: place.url, line: undefined });
    if (!fetched) return undefined;
    try {
      return { name, bytes: fetched.bytes, init: readInitSegment(fetched.bytes) };
    } catch (error) {
      this.#find("init-unreadable", { url: name.url }, "an init segment", (error as Error).message);
      return { name, bytes: fetched.bytes, init: undefined };
    }
  }

  async #fetch(name: ResourceName, place: Place): Promise<(Fetched & { kind: "fetched" }) | undefined> {
    const { ports, turns, signal } = this.#deps;
    const fetched = await turns.take(() => ports.fetch(name.url, name.range, signal));
    if (fetched.kind !== "fetched") {
      const code = fetched.kind === "missing" ? "resource-missing" : "resource-failed";
      this.#find(code, place, name.url, fetched.reason);
      return undefined;
    }
    const wanted = name.range ? name.range.end - name.range.start : fetched.bytes.length;
    if (fetched.bytes.length === wanted) return fetched;
    const expected = `bytes ${name.range!.start} to ${name.range!.end} of ${name.url}`;
    this.#find("byte-range-outside", place, expected, `${fetched.bytes.length} bytes`);
    return undefined;
  }

  async #decodeSeams(batch: readonly Loaded[]): Promise<void> {
    const { decode } = this.#deps.ports;
    if (!decode) return;
    for (const run of splitRuns(batch)) {
      const complaint = await this.#decode(decode, run);
      if (complaint === "") continue;
      const pairs = run.slice(1).map((segment, k) => [run[k]!, segment]);
      const places: [Loaded, string][] = [];
      for (const pair of run.length > 2 ? pairs : []) {
        const found = await this.#decode(decode, pair);
        if (found !== "") places.push([pair[1]!, found]);
      }
      for (const [{ segment }, found] of places.length > 0 ? places : ([[run.at(-1)!, complaint]] as const))
        this.#find("decoder-complaint", this.#place(segment), "a decoder that says nothing", found);
    }
  }

  #decode(decode: NonNullable<CheckPorts["decode"]>, run: readonly Loaded[]): Promise<string> {
    const init = run[0]!.init;
    const parts = [...(init ? [init.bytes] : []), ...run.map(({ bytes }) => bytes!)];
    return decode(parts, this.#deps.signal);
  }

  #place({ line, index }: MediaSegment): Place {
    return { url: this.#playlist.url, line, segment: index };
  }

  #find(code: Finding["code"], place: Place, expected: string, found: string): void {
    this.#findings.push({ code, place, expected, found });
  }
}

/** What a decoder can take as one stream: nothing missing, one init segment, one sequence of time stamps. */
function splitRuns(batch: readonly Loaded[]): readonly (readonly Loaded[])[] {
  const runs: Loaded[][] = [];
  for (const [position, one] of batch.entries()) {
    if (!one.bytes || one.tracks.length === 0) continue;
    const before = batch[position - 1];
    const goesOn =
      before?.bytes && before.tracks.length > 0 && before.init === one.init && !one.segment.isDiscontinuous;
    if (goesOn && runs.length > 0) runs.at(-1)!.push(one);
    else runs.push([one]);
  }
  return runs;
}

function withoutBytes({ segment, size, contentType, tracks, cues }: Loaded): CheckedSegment {
  return { segment, size, contentType, tracks, cues };
}
