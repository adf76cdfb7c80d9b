import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { checkStream } from "../../check/check-stream.ts";
import type { CheckPorts } from "../../check/ports.ts";
import { Turns } from "../../check/turns.ts";
import { ConfigError } from "../../shared/config.ts";
import { printJson } from "../output/columns.ts";
import { StatusLine } from "../output/status-line.ts";
import { styleFor } from "../output/style.ts";
import { count, formatBytes } from "../output/words.ts";
import { type CommandLine, requireArgument } from "../settings.ts";
import { stopOnSignal } from "../stop-signal.ts";
import { requireFfmpeg } from "../worker-options.ts";
import { decodeSegments } from "./decode-segments.ts";
import { demuxSegment } from "./demux-segment.ts";
import { createFetch } from "./fetch-resource.ts";
import { formatReport, tally } from "./format-report.ts";
import { ScratchFolder } from "./scratch-folder.ts";

const CONCURRENCY = 4;

/** `seamline check <playlist>`: plays a whole HLS stream and reports all that is wrong with it. */
export async function check({ positionals, options, switches }: CommandLine): Promise<number> {
  const url = playlistUrl(requireArgument(positionals, "a playlist, by its address or as a file"));
  const concurrency = parseConcurrency(options.concurrency);
  const stop = stopOnSignal();
  const decodes = !switches.has("no-decode");
  if (decodes) await requireFfmpeg(stop.signal);
  const scratch = await ScratchFolder.open();
  const status = new StatusLine(process.stderr);
  try {
    const report = await checkStream(url, createPorts(url, scratch, decodes), {
      concurrency,
      signal: stop.signal,
      onProgress: ({ segments, bytes }) =>
        status.show(`${count(segments, "segment")}, ${formatBytes(bytes)}`),
    });
    status.clear();
    const { errors, warnings } = tally(report.violations);
    if (switches.has("json")) printJson({ ...report, errors, warnings });
    else process.stdout.write(formatReport(report, styleFor(process.stdout)));
    return errors > 0 || (switches.has("strict") && warnings > 0) ? 1 : 0;
  } finally {
    status.clear();
    await scratch.remove();
    stop.dispose();
  }
}

function createPorts(url: string, scratch: ScratchFolder, decodes: boolean): CheckPorts {
  const programs = new Turns(availableParallelism());
  return {
    fetch: createFetch(url),
    demux: (bytes, signal) => programs.take(() => scratch.use([bytes], (path) => demuxSegment(path, signal))),
    decode: decodes
      ? (parts, signal) => programs.take(() => scratch.use(parts, (path) => decodeSegments(path, signal)))
      : undefined,
  };
}

function playlistUrl(argument: string): string {
  if (/^https?:\/\//.test(argument)) {
    if (!URL.canParse(argument)) throw new ConfigError(`“${argument}” is no address.`);
    return argument;
  }
  return pathToFileURL(resolve(argument)).href;
}

function parseConcurrency(text: string | undefined): number {
  const value = Number(text ?? CONCURRENCY);
  if (!Number.isInteger(value) || value < 1 || value > 64)
    throw new ConfigError(`--concurrency ${text}: must be from 1 to 64.`);
  return value;
}
