import { listen } from "../../cli/http-server.ts";
import { TcpCommands } from "../../cli/tcp-commands.ts";
import { createGateway } from "../../orchestrator/gateway/gateway.ts";
import { parseConfig } from "../../shared/config.ts";
import { silentLog } from "../../shared/log.ts";

export interface RunningGateway {
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: string;
  stop(): Promise<void>;
}

/** Redis over REST, in front of a real Redis. */
export async function startGateway(redisUrl: string): Promise<RunningGateway> {
  const token = "a token for the tests only";
  const redis = new TcpCommands(redisUrl, silentLog);
  const server = await listen(
    createGateway({ redis, token }).fetch,
    parseConfig({ PORT: "0", HOST: "127.0.0.1" }),
  );
  return {
    url: server.url.replace("localhost", "127.0.0.1").replace(/\/$/, ""),
    token,
    async stop() {
      redis.close();
      await server.close();
    },
  };
}
