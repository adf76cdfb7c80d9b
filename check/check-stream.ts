import type { CheckedPlaylist } from "./checked-playlist.ts";
import { variantsOf } from "./checked-stream.ts";
import { readMedia } from "./playlist/media-playlist.ts";
import { type MultivariantPlaylist, readMultivariant } from "./playlist/multivariant-playlist.ts";
import { isMultivariant, type PlaylistLine, readLines } from "./playlist/playlist-lines.ts";
import type { CheckPorts } from "./ports.ts";
import { checkAlignment, mediaOffset } from "./rules/alignment.ts";
import { checkBandwidth } from "./rules/bandwidth.ts";
import { checkPlaylistType, checkSegmentTypes } from "./rules/content-types.ts";
import { checkContinuity } from "./rules/continuity.ts";
import { checkCues } from "./rules/cues.ts";
import { checkDeclarations } from "./rules/declarations.ts";
import { checkDurations } from "./rules/durations.ts";
import { checkGroups } from "./rules/groups.ts";
import { checkKeyframes } from "./rules/keyframes.ts";
import { checkPlaylistHeaders } from "./rules/playlist-headers.ts";
import { SegmentWalk } from "./segment-walk.ts";
import { Turns } from "./turns.ts";
import { type Finding, toViolation, type Violation } from "./violation.ts";

/** Playlists that are looked through at a time; each holds a few segments in memory. */
const PLAYLISTS_AT_ONCE = 2;

export interface CheckOptions {
  /** Resources that are fetched at a time. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Told after each segment. */
  readonly onProgress?: (progress: CheckTotals) => void;
}

export interface CheckTotals {
  playlists: number;
  segments: number;
  bytes: number;
}

export interface StreamReport {
  readonly url: string;
  readonly totals: Readonly<CheckTotals>;
  /** Of the longest media playlist. */
  readonly seconds: number;
  readonly violations: readonly Violation[];
}

/** Plays a whole HLS VOD stream, every playlist and every segment, and says all that is wrong with it. */
export async function checkStream(
  url: string,
  ports: CheckPorts,
  options: CheckOptions,
): Promise<StreamReport> {
  const check = new StreamCheck(ports, options);
  return check.run(url);
}

class StreamCheck {
  readonly #ports: CheckPorts;
  readonly #options: CheckOptions;
  readonly #turns: Turns;
  readonly #findings: Finding[] = [];
  readonly #totals: CheckTotals = { playlists: 0, segments: 0, bytes: 0 };

  constructor(ports: CheckPorts, options: CheckOptions) {
    this.#ports = ports;
    this.#options = options;
    this.#turns = new Turns(options.concurrency);
  }

  async run(url: string): Promise<StreamReport> {
    const opened = await this.#open(url);
    const checked = !opened
      ? []
      : isMultivariant(opened.lines)
        ? await this.#multivariant(opened.url, opened.lines)
        : await this.#single(opened.url, opened.lines);
    return {
      url,
      totals: this.#totals,
      seconds: Math.max(0, ...checked.map(lasting)),
      violations: this.#findings.map(toViolation),
    };
  }

  /** The lines of a playlist, and where it came from after redirects. */
  async #open(url: string): Promise<{ url: string; lines: readonly PlaylistLine[] } | undefined> {
    const { signal } = this.#options;
    const fetched = await this.#turns.take(() => this.#ports.fetch(url, undefined, signal));
    if (fetched.kind !== "fetched") {
      const code = fetched.kind === "missing" ? "resource-missing" : "resource-failed";
      this.#findings.push({ code, place: { url }, expected: "a playlist", found: fetched.reason });
      return undefined;
    }
    this.#totals.playlists += 1;
    const lines = readLines(new TextDecoder().decode(fetched.bytes));
    if (!lines) {
      const found = new TextDecoder().decode(fetched.bytes.subarray(0, 40)).split("\n", 1)[0]!;
      this.#findings.push({ code: "not-a-playlist", place: { url, line: 1 }, expected: "#EXTM3U", found });
      return undefined;
    }
    this.#findings.push(...checkPlaylistType(url, fetched.contentType));
    return { url: fetched.url, lines };
  }

  async #single(url: string, lines: readonly PlaylistLine[]): Promise<readonly CheckedPlaylist[]> {
    return [await this.#media(url, lines, false)];
  }

  async #multivariant(url: string, lines: readonly PlaylistLine[]): Promise<readonly CheckedPlaylist[]> {
    const { playlist, findings } = readMultivariant(url, lines);
    this.#findings.push(...findings, ...checkGroups(playlist));
    const checked = await this.#mediaPlaylists(playlist);
    const variants = variantsOf(playlist, checked);
    this.#findings.push(...checkDeclarations(url, variants), ...checkBandwidth(url, variants));
    const all = [...checked.values()];
    this.#findings.push(...checkAlignment(all));
    const offset = all.map(mediaOffset).find((one) => one !== undefined) ?? 0;
    for (const one of all) this.#findings.push(...checkCues(one, offset));
    return all;
  }

  async #mediaPlaylists(playlist: MultivariantPlaylist): Promise<ReadonlyMap<string, CheckedPlaylist>> {
    const { variants, renditions, pictures, isIndependent } = playlist;
    const urls = [...variants, ...renditions, ...pictures].flatMap(({ url }) =>
      url === undefined ? [] : [url],
    );
    const checked = new Map<string, CheckedPlaylist>();
    const turns = new Turns(PLAYLISTS_AT_ONCE);
    // In the order of the playlist, whichever is done first.
    const results = await Promise.all(
      [...new Set(urls)].map((url) =>
        turns.take(async () => {
          const opened = await this.#open(url);
          return { url, media: opened && (await this.#media(opened.url, opened.lines, isIndependent)) };
        }),
      ),
    );
    for (const { url, media } of results) if (media) checked.set(url, media);
    return checked;
  }

  async #media(
    url: string,
    lines: readonly PlaylistLine[],
    isIndependent: boolean,
  ): Promise<CheckedPlaylist> {
    const read = readMedia(url, lines);
    const walk = new SegmentWalk(read.playlist, {
      ports: this.#ports,
      turns: this.#turns,
      signal: this.#options.signal,
      onSegment: (size) => this.#count(size),
    });
    const { checked, findings } = await walk.run();
    this.#findings.push(
      ...read.findings,
      ...checkPlaylistHeaders(read.playlist),
      ...findings,
      ...checkDurations(checked),
      ...checkContinuity(checked),
      ...checkKeyframes(checked, isIndependent),
      ...checkSegmentTypes(checked),
    );
    return checked;
  }

  #count(size: number): void {
    this.#totals.segments += 1;
    this.#totals.bytes += size;
    this.#options.onProgress?.(this.#totals);
  }
}

function lasting({ segments }: CheckedPlaylist): number {
  return segments.reduce((sum, { segment }) => sum + segment.seconds, 0);
}
