import { setTimeout as sleep } from "node:timers/promises";
import { type Config, ConfigError } from "../../shared/config.ts";
import { FaultError } from "../../shared/fault.ts";
import { printJson } from "../output/columns.ts";
import { styleFor } from "../output/style.ts";
import type { CommandLine } from "../settings.ts";
import { stopOnSignal, ToldToStopError } from "../stop-signal.ts";
import { type FleetSnapshot, fleetSnapshot } from "./fleet-snapshot.ts";
import { formatFleet } from "./format-fleet.ts";

const REFRESH_MS = 1000;
const TIMEOUT_MS = 10_000;
const CLEAR = "\u001b[H\u001b[2J";

/** `seamline fleet [url]`: what a server's fleet is doing; on a terminal each second, until it is told to stop. */
export async function fleet({ config, positionals, switches }: CommandLine): Promise<number> {
  const url = fleetUrl(positionals[0] ?? `http://localhost:${config.PORT}/`);
  const stop = stopOnSignal();
  const { stdout } = process;
  try {
    if (switches.has("json")) {
      printJson(await look(url, config, stop.signal));
      return 0;
    }
    for (;;) {
      const text = formatFleet(await look(url, config, stop.signal), styleFor(stdout));
      stdout.write(stdout.isTTY ? CLEAR + text : text);
      if (!stdout.isTTY) return 0;
      await sleep(REFRESH_MS, undefined, { signal: stop.signal });
    }
  } catch (error) {
    if (stop.signal.aborted && stop.signal.reason instanceof ToldToStopError) return 0;
    throw error;
  } finally {
    stop.dispose();
  }
}

function fleetUrl(server: string): URL {
  if (!/^https?:\/\//.test(server) || !URL.canParse(server))
    throw new ConfigError(`“${server}” is no address of a server, such as http://localhost:8080/.`);
  return new URL("/api/fleet", server);
}

async function look(url: URL, config: Config, signal: AbortSignal): Promise<FleetSnapshot> {
  const headers = config.ADMIN_TOKEN ? { authorization: `Bearer ${config.ADMIN_TOKEN}` } : {};
  const limited = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const response = await fetch(url, { headers, signal: limited }).catch((error: unknown) => {
    signal.throwIfAborted();
    const { cause, message } = error as Error;
    const reason = (cause as NodeJS.ErrnoException | undefined)?.code ?? message;
    throw new FaultError("source-unreachable", `${url.origin} does not answer: ${reason}.`);
  });
  if (response.status === 401 || response.status === 403)
    throw new FaultError(
      "source-not-allowed",
      `${url.origin} tells only administrators: set ADMIN_TOKEN to the server's.`,
    );
  if (!response.ok)
    throw new FaultError(
      "source-unreachable",
      `${url.href} answers ${response.status}: is it a Seamline server?`,
    );
  const parsed = fleetSnapshot.safeParse(await response.json());
  if (parsed.success) return parsed.data;
  throw new FaultError("source-unreachable", `${url.href} answers something else than a fleet's state.`);
}
