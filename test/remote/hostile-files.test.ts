import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attacks } from "../hostile/attacks.ts";
import { withExternalData } from "../hostile/hostile-films.ts";
import { type FilmHost, refusal, startFilmHost } from "./film-host.ts";

let host: FilmHost;
let victim: Server;
const calls: string[] = [];

beforeAll(async () => {
  host = await startFilmHost();
  victim = createServer((request, response) => {
    calls.push(request.url!);
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => victim.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(victim.address() as AddressInfo).port}/`;
  const secret = join(host.folder, "film.mp4");
  for (const { name, content } of attacks) await writeFile(join(host.folder, name), content({ secret, url }));
  await writeFile(join(host.folder, "alias.mov"), withExternalData(host.film, secret, "alis"));
  await writeFile(join(host.folder, "url.mov"), withExternalData(host.film, `${url}film.mp4`, "url "));
});
afterAll(async () => {
  await host?.stop();
  victim?.close();
});

describe("a hostile file on a listed host", () => {
  it.each(attacks)("is no film, and nobody else is called: $name", async ({ name }) => {
    expect(refusal(await host.watch(name))).toMatch(/^probe not-media: /);
    expect(calls).toEqual([]);
  });

  it.each(["alias.mov", "url.mov"])("that has its pictures elsewhere has none: %s", async (name) => {
    expect(refusal(await host.watch(name))).toMatch(/^probe source-damaged: /);
    expect(calls).toEqual([]);
  });
});
