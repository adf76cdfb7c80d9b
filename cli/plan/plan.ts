import { printJson } from "../output/columns.ts";
import { styleFor } from "../output/style.ts";
import { type CommandLine, requireArgument } from "../settings.ts";
import { stopOnSignal } from "../stop-signal.ts";
import { requireFfmpeg } from "../worker-options.ts";
import { describePlan } from "./describe-plan.ts";
import { formatPlan } from "./format-plan.ts";
import { locateFilm } from "./locate-film.ts";
import { probeTitle } from "./probe-title.ts";

/** `seamline plan <file>`: what a film would be made into. Reads its beginning and its end, and encodes nothing. */
export async function plan({ config, positionals, switches }: CommandLine): Promise<number> {
  const stop = stopOnSignal();
  const place = await locateFilm(requireArgument(positionals, "a film"), config);
  await requireFfmpeg(stop.signal);
  const hosts = { public: config.SOURCE_HOSTS, private: config.SOURCE_PRIVATE_HOSTS };
  const { title, original } = await probeTitle(place, config.SEGMENT_SECONDS, hosts, stop.signal);
  const description = describePlan(title, original);
  if (switches.has("json")) printJson(description);
  else process.stdout.write(formatPlan(description, styleFor(process.stdout)));
  stop.dispose();
  return 0;
}
