import { expect, it } from "vitest";
import { clientAddress } from "../../cli/client-address.ts";

function addressOf(
  remoteAddress: string | undefined,
  forwarded: string | undefined,
  proxies: string[],
): string {
  const headers: Record<string, string> = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
  const request = new Request("http://localhost/", { headers });
  return clientAddress(proxies)(request, { incoming: { socket: { remoteAddress } } });
}

const PROXIES = ["10.0.0.0/8", "192.0.2.1", "fd00::/8"];

it.each<[string, string, string | undefined, string]>([
  ["the connection's", "198.51.100.1", undefined, "198.51.100.1"],
  ["the connection's, as it came over IPv6", "::ffff:198.51.100.1", undefined, "198.51.100.1"],
  ["the connection's, whatever a stranger claims", "198.51.100.1", "203.0.113.7", "198.51.100.1"],
  ["what a proxy of ours says", "10.1.2.3", "203.0.113.7", "203.0.113.7"],
  ["what a proxy of ours says, over IPv6", "::ffff:10.1.2.3", "203.0.113.7", "203.0.113.7"],
  ["the last that isn't ours", "10.1.2.3", "203.0.113.7, 203.0.113.8, 192.0.2.1, 10.9.9.9", "203.0.113.8"],
  ["the first where all are ours", "10.1.2.3", "10.0.0.1, 10.0.0.2", "10.0.0.1"],
  ["the proxy's where it says nothing", "10.1.2.3", undefined, "10.1.2.3"],
  ["the proxy's where it says nonsense", "10.1.2.3", "203.0.113.7, unknown", "10.1.2.3"],
  ["the network of an IPv6 address", "2001:db8:1:2:3:4:5:6", undefined, "2001:db8:1:2::/64"],
  ["the network of a short one", "2001:db8::6", undefined, "2001:db8:0:0::/64"],
  ["the network of one on a link", "fe80::1%eth0", undefined, "fe80:0:0:0::/64"],
  ["the network of this machine", "::1", undefined, "0:0:0:0::/64"],
  ["the network that an IPv6 proxy names", "fd00::1", "2001:DB8:0:2::9", "2001:db8:0:2::/64"],
])("a client's address is %s", (_, remote, forwarded, expected) => {
  expect(addressOf(remote, forwarded, PROXIES)).toBe(expected);
});

it("a client whose connection is gone already has none", () => {
  expect(addressOf(undefined, "203.0.113.7", PROXIES)).toBe("");
});
