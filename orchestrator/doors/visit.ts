import type { HlsPath } from "../hls-path.ts";
import type { Pass } from "./pass.ts";

/** What the doors have found out about a request, for the routes behind them. */
export interface Visit {
  readonly pass: Pass;
  /** Whose limits count: a viewer that a token names, else an address. Found out when somebody has to wait. */
  readonly client: () => string;
  /** What of a title is asked for, as the doors have read the URL: the routes take their word for it. */
  readonly asked: HlsPath | undefined;
}

/** The Hono environment of routes behind the doors. */
export interface VisitEnv {
  Variables: { visit: Visit };
}
