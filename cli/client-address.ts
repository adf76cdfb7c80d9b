import type { IncomingMessage } from "node:http";
import { BlockList, isIP, isIPv6 } from "node:net";

/** The address that a request's limits count for, as `AdmitOptions.addressOf` wants it. */
export type AddressOf = (request: Request, env: unknown) => string;

/**
 * The connection's own address, or, where that is a proxy of ours, the one that it says it had the request
 * from: the last in X-Forwarded-For that is no proxy of ours. Whatever stands before that anybody may have
 * written.
 * @param proxies addresses and networks.
 */
export function clientAddress(proxies: readonly string[]): AddressOf {
  const trusted = new BlockList();
  for (const proxy of proxies) addTo(trusted, proxy);
  const isTrusted = (address: string) => trusted.check(address, isIPv6(address) ? "ipv6" : "ipv4");
  return (request, env) => {
    const { incoming } = env as { readonly incoming: IncomingMessage };
    let address = plainAddress(incoming.socket.remoteAddress ?? "");
    const hops = request.headers.get("x-forwarded-for")?.split(",") ?? [];
    while (isIP(address) && isTrusted(address) && hops.length > 0) {
      const hop = plainAddress(hops.pop()!.trim());
      if (!isIP(hop)) break;
      address = hop;
    }
    return isIPv6(address) ? networkOf(address) : address;
  };
}

function addTo(list: BlockList, proxy: string): void {
  const [address, bits] = proxy.split("/");
  const family = isIPv6(address!) ? "ipv6" : "ipv4";
  if (bits === undefined) list.addAddress(address!, family);
  else list.addSubnet(address!, Number(bits), family);
}

/** An IPv4 address that arrived at an IPv6 socket is what it was. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
}

/** The first 64 bits of an IPv6 address: whoever has one address of such a network has all of them. */
function networkOf(address: string): string {
  const [head = "", tail] = address.replace(/%.*$/, "").split("::");
  const before = head.split(":").filter(Boolean);
  const after = tail?.split(":").filter(Boolean) ?? [];
  const missing = Math.max(0, 8 - before.length - after.length - (address.includes(".") ? 1 : 0));
  const groups = [...before, ...Array(missing).fill("0"), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}
