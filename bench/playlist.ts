import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Extent, type Figure, interleave } from "./figure.ts";
import { longFilm } from "./long-film.ts";
import { installPackages, type RunningProgram, startProgram } from "./running-program.ts";
import { mediaPlaylistUrl, startSeamline } from "./seamline-process.ts";
import { askWithWrk } from "./wrk.ts";

const BARE_SERVER = fileURLToPath(new URL("bare-server.js", import.meta.url));
const CONNECTIONS = 16;

/** A media playlist of 1,800 segments that was asked for before. */
export async function playlistFigures({ smoke }: Extent): Promise<Figure[]> {
  await installPackages("wrk=wrk");
  const load = { connections: CONNECTIONS, seconds: 1 };
  const film = await longFilm();
  const server = await startSeamline(film.folder);
  try {
    const url = await mediaPlaylistUrl(server, film.name, film.rendition);
    const bare = await startBareServer(await (await fetch(url)).text());
    try {
      const measure = (address: string) => async () => (await askWithWrk(address, load)).requestsPerSecond;
      const measures = { ours: measure(url), anchor: measure(bare.url) };
      if (!smoke) await interleave(2, measures);
      const values = await interleave(smoke ? 1 : 15, measures);
      return [
        {
          name: "cached playlist of 1,800 segments",
          unit: "requests/s",
          ...values,
          target: 0.8,
          moreIsBetter: true,
          anchorName: "a bare node:http server that sends the same string",
        },
      ];
    } finally {
      await bare.stop();
    }
  } finally {
    await server.stop();
  }
}

async function startBareServer(text: string): Promise<RunningProgram & { readonly url: string }> {
  const folder = await mkdtemp(join(tmpdir(), "seamline-bare-"));
  const file = join(folder, "text");
  await writeFile(file, text);
  const program = await startProgram(process.execPath, [BARE_SERVER, file], { ready: /^bare server/ });
  await rm(folder, { recursive: true });
  return { ...program, url: /http:\S+/.exec(program.line)![0] };
}
