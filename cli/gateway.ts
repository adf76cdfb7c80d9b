import { createGateway } from "../orchestrator/gateway/gateway.ts";
import { ConfigError } from "../shared/config.ts";
import { listen } from "./http-server.ts";
import { createLog } from "./log.ts";
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
  const redis = new TcpCommands(url, createLog(config));
  const server = await listen(createGateway({ redis, token }).fetch, config);
  process.stdout.write(`Seamline gateway for Redis over REST at ${server.url}\n`);
  await untilFired(stop.signal);
  await server.close();
  redis.close();
  stop.dispose();
  return 0;
}
