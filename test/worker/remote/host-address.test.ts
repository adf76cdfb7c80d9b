import { isIPv6 } from "node:net";
import { describe, expect, it } from "vitest";
import { findPlace, reachOf } from "../../../worker/remote/host-address.ts";

const hosts = {
  public: ["films.example", "[2606:4700::1]", "10.0.0.1"],
  private: ["nas", "169.254.169.254"],
};

const place = (url: string, ...addresses: readonly string[]) =>
  findPlace(new URL(url), {
    hosts,
    resolve: async () => addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 })),
  }).then(
    (found) => found.addresses.map(({ address }) => address),
    (error: Error) => error.message,
  );

describe("an address", () => {
  it.each([
    ["public", ["93.184.216.34", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::5"]],
    ["public", ["::ffff:93.184.216.34"]],
    ["private", ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "127.0.0.1"]],
    ["private", ["127.255.255.254", "::1", "fd00::1", "fc00::1", "::ffff:10.0.0.1", "::ffff:7f00:1"]],
    ["special", ["0.0.0.0", "0.1.2.3", "169.254.169.254", "224.0.0.1", "255.255.255.255", "240.0.0.1"]],
    [
      "special",
      ["192.0.2.1", "198.18.0.1", "203.0.113.1", "192.0.0.8", "::", "fe80::1", "fe80::1%lo", "ff02::1"],
    ],
    ["special", ["fec0::1", "::7f00:1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2001::1"]],
    ["special", ["::ffff:0:127.0.0.1", "2001:db8::1", "100::1", "::ffff:169.254.169.254", "4000::1"]],
  ])("is %s: %j", (reach, addresses) => {
    expect(addresses.map((address) => [address, reachOf(address)])).toEqual(
      addresses.map((address) => [address, reach]),
    );
  });
});

describe("a listed host", () => {
  it("is called under all of its addresses", async () => {
    const addresses = ["93.184.216.34", "2606:4700::1111"];
    expect(await place("https://films.example/", ...addresses)).toEqual(addresses);
    expect(await place("https://[2606:4700::1]/")).toEqual(["2606:4700::1"]);
  });

  it.each([
    ["127.0.0.1"],
    ["10.1.2.3"],
    ["::1"],
    ["::ffff:10.0.0.1"],
    ["fd12::1"],
    ["93.184.216.34", "10.0.0.1"],
    ["2606:4700::1111", "::ffff:192.168.0.1"],
  ])("is not called when it has a private address: %s %s", async (...addresses) => {
    expect(await place("https://films.example/", ...addresses)).toMatch(/SOURCE_PRIVATE_HOSTS/);
  });

  it("is not called under a private address that is written out", async () => {
    expect(await place("http://10.0.0.1/")).toMatch(/SOURCE_PRIVATE_HOSTS/);
  });

  it("may have private addresses where it is listed for that, and no others that films don't come from", async () => {
    expect(await place("http://nas/", "10.1.2.3", "fd12::1")).toEqual(["10.1.2.3", "fd12::1"]);
    for (const address of ["169.254.169.254", "0.0.0.0", "fe80::1", "224.0.0.1"]) {
      expect(await place("http://nas/", address)).toMatch(/not on the internet\.$/);
    }
    expect(await place("http://169.254.169.254/")).toMatch(/not on the internet\.$/);
  });
});
