import { describe } from "vitest";
import { describeAnnouncements } from "./announcements.ts";
import { describeCancellations } from "./cancellations.ts";
import { describeClaims } from "./claims.ts";
import { describeEnds } from "./ends.ts";
import { describeLeases } from "./leases.ts";
import { describeOverviews } from "./overviews.ts";
import { describeRequests } from "./requests.ts";
import { describeSeconds } from "./seconds.ts";
import { type LeaseStoreUnderTest, leaseStoreTrial } from "./trial.ts";

/**
 * What every lease store does, told through the port alone. Spans are far apart, so that a store whose
 * clock runs by itself passes as well.
 */
export function leaseStoreContract(name: string, create: () => Promise<LeaseStoreUnderTest>): void {
  describe(`${name} keeps the lease contract:`, () => {
    const trial = leaseStoreTrial(create);
    describeRequests(trial);
    describeClaims(trial);
    describeLeases(trial);
    describeEnds(trial);
    describeSeconds(trial);
    describeCancellations(trial);
    describeAnnouncements(trial);
    describeOverviews(trial);
  });
}
