import type { DescribedRoute } from "./describe-route.ts";
import * as fleetRoutes from "./fleet-routes.ts";
import { hlsRoutes } from "./hls-routes.ts";
import * as preparationRoutes from "./preparation-routes.ts";
import * as serverRoutes from "./server-routes.ts";
import { evictTitle, listTitles, titlePathParameters } from "./title-routes.ts";

/** Every route of the orchestrator, as its document lists them. */
export const allRoutes: readonly DescribedRoute[] = [
  listTitles,
  ...Object.values(hlsRoutes)
    .flat()
    .map((route: DescribedRoute) => ({ parameters: titlePathParameters, ...route })),
  ...Object.values(preparationRoutes),
  evictTitle,
  ...Object.values(fleetRoutes),
  ...Object.values(serverRoutes),
];
