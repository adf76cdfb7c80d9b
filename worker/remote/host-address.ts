import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { isListed, notAllowed, type SourceHosts } from "../../shared/media/remote-path.ts";
import { DiskCalls } from "../../shared/node/disk-calls.ts";

/** All addresses of a name. */
export type Resolve = (name: string) => Promise<readonly LookupAddress[]>;

/** What may be fetched from where. */
export interface RemotePolicy {
  readonly hosts: SourceHosts;
  readonly resolve: Resolve;
}

/** A film's address, and those of its host: looked up once, checked, and called under no other. */
export interface Place {
  readonly url: URL;
  readonly addresses: readonly LookupAddress[];
}

/** The system's resolver is one of those calls that nothing can end, on the same few threads. */
const nameCalls = new DiskCalls({ atOnce: 1, timeoutMs: 5000 });

export const resolveName: Resolve = (name) => nameCalls.run(() => lookup(name, { all: true }));

const PRIVATE_RANGES = new Set(["private", "uniqueLocal", "loopback", "carrierGradeNat"]);
/** All of IPv6 that is given out for use on the internet. */
const PUBLIC_IPV6 = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * Looks a listed host up.
 * @throws FaultError where one of its addresses, be it one of many, is not for it to have.
 */
export async function findPlace(url: URL, { hosts, resolve }: RemotePolicy): Promise<Place> {
  const name = url.hostname.replace(/^\[|\]$/g, "");
  const family = isIP(name);
  const addresses = family ? [{ address: name, family }] : await resolve(name);
  const mayBePrivate = isListed(url, hosts.private);
  for (const { address } of addresses) {
    const reach = reachOf(address);
    if (reach === "public" || (reach === "private" && mayBePrivate)) continue;
    const cure = reach === "private" ? ": list it in SOURCE_PRIVATE_HOSTS if it is meant to" : "";
    throw notAllowed(`${url.host} has an address that is not on the internet${cure}.`);
  }
  return { url, addresses };
}

/** Where an address can be reached from; "special" are those that no host of films has. */
export function reachOf(text: string): "public" | "private" | "special" {
  // Reads an IPv4 address in the clothes of IPv6 (::ffff:10.0.0.1) as what it is.
  const address = ipaddr.process(text);
  const range = address.range();
  if (PRIVATE_RANGES.has(range)) return "private";
  const isGivenOut = address instanceof ipaddr.IPv4 || address.match(PUBLIC_IPV6);
  return range === "unicast" && isGivenOut ? "public" : "special";
}
