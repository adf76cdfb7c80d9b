import { listen } from "../../cli/http-server.ts";
import { TcpCommands } from "../../cli/tcp-commands.ts";
import type { CommandPort } from "../../orchestrator/gateway/command-port.ts";
import { createGateway } from "../../orchestrator/gateway/gateway.ts";
import { parseConfig } from "../../shared/config.ts";
import { silentLog } from "../../shared/log.ts";

export interface RunningGateway {
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: string;
  /** Clients that listen to a channel now. */
  listeners(): number;
  stop(): Promise<void>;
}

export interface GatewayTimes {
  /** How long Redis may be silent. */
  readonly timeoutMs?: number;
  readonly keepAliveMs?: number;
}

/** Redis over REST, in front of a real Redis. */
export async function startGateway(
  redisUrl: string,
  { timeoutMs = 5000, keepAliveMs = 15_000 }: GatewayTimes = {},
): Promise<RunningGateway> {
  const token = "a token for the tests only";
  const redis = new TcpCommands(redisUrl, silentLog, { timeoutMs });
  let listeners = 0;
  const counting: CommandPort = {
    execute: (commands, options) => redis.execute(commands, options),
    async listen(kind, name, onMessage) {
      const stop = await redis.listen(kind, name, onMessage);
      listeners += 1;
      return () => {
        listeners -= 1;
        stop();
      };
    },
  };
  const server = await listen(
    createGateway({ redis: counting, token, keepAliveMs }).fetch,
    parseConfig({ PORT: "0", HOST: "127.0.0.1" }),
  );
  return {
    url: server.url.replace("localhost", "127.0.0.1").replace(/\/$/, ""),
    token,
    listeners: () => listeners,
    async stop() {
      redis.close();
      await server.close();
    },
  };
}
