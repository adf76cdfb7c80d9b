import { createAdminCheck } from "../orchestrator/doors/require-admin.ts";
import { createGateway } from "../orchestrator/gateway/gateway.ts";
import { METRICS_PATH, metricsRoutes } from "../orchestrator/routes/metrics.ts";
import { ConfigError } from "../shared/config.ts";
import { listen, REQUEST_LIMITS } from "./http-server.ts";
import { createLog } from "./log.ts";
import { observe } from "./observe.ts";
import type { CommandLine } from "./settings.ts";
import { stopOnSignal, untilFired } from "./stop-signal.ts";
import { TcpCommands } from "./tcp-commands.ts";

/** `seamline gateway`: Upstash's REST protocol in front of the Redis at REDIS_URL. */
export async function gateway({ config }: CommandLine): Promise<number> {
  const { REDIS_URL: url, GATEWAY_TOKEN: token } = config;
  if (!url) throw new ConfigError("a gateway needs the Redis it stands in front of: set REDIS_URL.");
  if (!token)
    throw new ConfigError("a gateway without a token would be open to everybody: set GATEWAY_TOKEN.");
  const stop = stopOnSignal();
  const log = createLog(config);
  const redis = new TcpCommands(url, log);
  const { metrics, close } = await observe("gateway", log);
  const commands = createGateway({ redis, token });
  // Its clients' token opens everything else there is.
  const isAdmin = createAdminCheck(config.ADMIN_TOKEN ?? token, "closed");
  const scrapes = metricsRoutes(() => metrics.print(), isAdmin);
  const fetch = (request: Request) =>
    (new URL(request.url).pathname === METRICS_PATH ? scrapes : commands).fetch(request);
  const server = await listen(fetch, config, REQUEST_LIMITS, metrics.countRequests);
  process.stdout.write(`Seamline gateway for Redis over REST at ${server.url}\n`);
  await untilFired(stop.signal);
  await server.close();
  redis.close();
  await close();
  stop.dispose();
  return 0;
}
