import { type Extent, type Figure, interleave } from "./figure.ts";
import { longFilm } from "./long-film.ts";
import { installPackages } from "./running-program.ts";
import { mediaPlaylistUrl, startSeamline } from "./seamline-process.ts";
import { startBareServer } from "./start-bare-server.ts";
import { askWithWrk } from "./wrk.ts";

const CONNECTIONS = 16;

/** A media playlist of 1,800 segments that was asked for before. */
export async function playlistFigures({ smoke }: Extent): Promise<Figure[]> {
  await installPackages("wrk=wrk");
  const load = { connections: CONNECTIONS, seconds: 1 };
  const film = await longFilm();
  const server = await startSeamline(film.folder);
  try {
    const url = await mediaPlaylistUrl(server, film.name, film.rendition);
    const headers = { "content-type": "application/vnd.apple.mpegurl" };
    const bare = await startBareServer({ headers, body: await (await fetch(url)).text() });
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
