import { describe, expect, it } from "vitest";
import type { Grant } from "../../../shared/access/grant.ts";
import { importAccessKeys, signToken } from "../../../shared/access/token.ts";
import { ADDRESS, tinyApp } from "./tiny-app.ts";

const SECRET = "the secret of this test: long enough";
const OTHER = "the secret of another server: as long";
const FILM = "/hls/films/a%20b.mp4";
const CHILD = `${FILM}/${"0".repeat(32)}/v720/1.m4s`;
const LATER = Math.floor(Date.now() / 1000) + 3600;

const app = tinyApp({ AUTH_SECRET: SECRET });

async function token(grant: Partial<Grant> = {}, secret = SECRET): Promise<string> {
  return signToken({ prefix: "films/a b.mp4", expiresAt: LATER, ...grant }, await importAccessKeys([secret]));
}

async function ask(path: string, query = "") {
  const response = await app.request(path + query);
  return { response, body: (await response.json()) as Record<string, unknown> };
}

describe("a visitor with a token", () => {
  it.each([`${FILM}/master.m3u8`, CHILD, `${FILM}/${"0".repeat(32)}/v720/index.m3u8`])(
    "for the title gets to %s, and its token goes on from there",
    async (path) => {
      const query = `?token=${await token()}`;
      const { response, body } = await ask(path, query);
      expect(response.status).toBe(200);
      expect(body).toMatchObject({ pass: { query }, client: `address ${ADDRESS}` });
    },
  );

  it("for a folder gets to the titles in it", async () => {
    const query = `?token=${await token({ prefix: "films" })}`;
    expect((await ask(CHILD, query)).response.status).toBe(200);
    expect((await ask("/hls/films.mp4/master.m3u8", query)).response.status).toBe(403);
  });

  it("for everything gets everywhere, also to what is no title", async () => {
    const query = `?token=${await token({ prefix: "" })}`;
    for (const path of [CHILD, "/hls/other.mp4/master.m3u8", "/hls/nonsense", "/api/titles"]) {
      expect((await ask(path, query)).response.status, path).toBe(200);
    }
  });

  it("that names a viewer is that client, wherever it comes from", async () => {
    const { body } = await ask(CHILD, `?token=${await token({ viewer: "anna" })}`);
    expect(body.client).toBe("viewer anna");
  });

  it("gets nothing that a cache may give to others", async () => {
    const query = `?token=${await token({ prefix: "" })}`;
    const control = async (path: string) => (await ask(path, query)).response.headers.get("cache-control");
    expect(await control(CHILD)).toBe("private, max-age=31536000, immutable");
    expect(await control("/api/titles")).toBe("private, no-cache");
  });

  it("has a mark for validators that differs from every other token's and doesn't tell the token", async () => {
    const tokens = [await token(), await token({ viewer: "anna" }), await token({ expiresAt: LATER + 1 })];
    const tags = await Promise.all(
      tokens.map(async (text) => ((await ask(CHILD, `?token=${text}`)).body.pass as { tag: string }).tag),
    );
    expect(new Set(tags).size).toBe(3);
    for (const [position, tag] of tags.entries()) expect(tokens[position]).not.toContain(tag.slice(1));
  });
});

describe("a visitor is refused", () => {
  const problemOf = async (path: string, query: string) => {
    const { response, body } = await ask(path, query);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(body.detail).toMatch(/\.$/);
    return [response.status, body.code];
  };

  it.each(["", "?token=", "?tok=x", "?Token=x"])("without a token (%s): 401", async (query) => {
    expect(await problemOf(CHILD, query)).toEqual([401, "token-missing"]);
    const { response } = await ask(CHILD, query);
    expect(response.headers.get("www-authenticate")).toContain("Signed-URL");
  });

  it.each([
    "?token=x",
    "?token=sl1.e30.AAAA",
    `?token=${"a".repeat(5000)}`,
    "?token=%00",
    "?token=a&token=b",
  ])("with a garbled one (%.40s): 401", async (query) =>
    expect(await problemOf(CHILD, query)).toEqual([401, "token-invalid"]),
  );

  it("with another server's token: 401", async () => {
    expect(await problemOf(CHILD, `?token=${await token({}, OTHER)}`)).toEqual([401, "token-invalid"]);
  });

  it("with an expired one: 403", async () => {
    const query = `?token=${await token({ expiresAt: LATER - 3601 })}`;
    expect(await problemOf(CHILD, query)).toEqual([403, "token-expired"]);
  });

  it.each(["/hls/other.mp4/master.m3u8", "/hls/films/a%20b.mp4.bak/master.m3u8", "/hls/films/master.m3u8"])(
    "with a token for another path than %s: 403",
    async (path) => {
      expect(await problemOf(path, `?token=${await token()}`)).toEqual([403, "token-not-for-this"]);
    },
  );

  it("but sees what is public", async () => {
    expect((await app.request("/page")).status).toBe(200);
  });
});

it("where no secret is set, everybody is let in, and a token means nothing", async () => {
  const open = tinyApp();
  for (const query of ["", "?token=x"]) {
    const response = await open.request(CHILD + query);
    expect(await response.json()).toEqual({ pass: { query: "", tag: "" }, client: `address ${ADDRESS}` });
    expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  }
});
