// Adaptive HLS from an Express application. Start it with the folder of your films:
//
//   npm install seamline express
//   FILMS=/srv/films node express.js
//
// and give a player http://localhost:3000/video/<a file's name>/playlist.m3u8. With REDIS_URL set, and CACHE_DIR on
// shared storage, any number of these make one fleet.
import { once } from "node:events";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import express from "express";
import { HLSController, StreamType, VideoQualityEnum } from "seamline";

const films = process.env.FILMS ?? "films";
const controller = new HLSController({
  cacheDirectory: process.env.CACHE_DIR ?? "cache",
  segmentExtension: "m4s",
});
await controller.initialize();

/** Names of films, as they stand in URLs, are files of one folder here. Look yours up instead. */
const filePathOf = ({ film }) => {
  if (!/^[\w-][\w .-]*$/.test(film))
    throw Object.assign(new Error("There is no such film."), { status: 404 });
  return join(films, film);
};

/** Who watches: yours may come from a session or a token. */
const clientOf = (request) => request.get("x-client-id") ?? request.ip ?? "";

/** A signal that fires when the client goes away, so that nothing is made for nobody. */
const whileConnected = (response) => {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  return { signal: gone.signal };
};

const TYPES = { video: StreamType.VIDEO, audio: StreamType.AUDIO };
const PLAYLIST = "application/vnd.apple.mpegurl";
const app = express();

app.get("/video/:film/playlist.m3u8", async (request, response) => {
  const playlist = await controller.getMasterPlaylist(
    filePathOf(request.params),
    clientOf(request),
    whileConnected(response),
  );
  response.set("Cache-Control", "no-cache").type(PLAYLIST).send(playlist);
});

app.get("/video/:film/:type/:index/:quality/playlist.m3u8", async (request, response) => {
  const { type, index, quality } = request.params;
  const playlist = await controller.getIndexPlaylist(
    filePathOf(request.params),
    clientOf(request),
    TYPES[type],
    quality,
    Number(index),
    whileConnected(response),
  );
  response.set("Cache-Control", "no-cache").type(PLAYLIST).send(playlist);
});

app.get("/video/:film/:type/:index/:quality/segment-:segment.m4s", async (request, response) => {
  const { type, index, quality, segment } = request.params;
  const { stream, size, contentType } = await controller.getSegmentStream(
    filePathOf(request.params),
    clientOf(request),
    TYPES[type],
    quality,
    Number(index),
    Number(segment),
    whileConnected(response),
  );
  response.set({ "Content-Type": contentType, "Content-Length": String(size) });
  // A client that goes away in the middle ends the stream, too.
  await pipeline(stream, response).catch(() => {});
});

app.get("/video/:film/screenshot.jpg", async (request, response) => {
  const time = Number(request.query.at ?? 0);
  const picture = await controller.generateScreenshot(
    filePathOf(request.params),
    VideoQualityEnum.P360,
    0,
    time,
    whileConnected(response),
  );
  response.type("jpg");
  await pipeline(picture, response).catch(() => {});
});

app.get("/video/:film/subtitles.json", async (request, response) => {
  response.json(await controller.getConvertibleSubtitles(filePathOf(request.params)));
});

app.get("/video/:film/subtitles/:index.vtt", async (request, response) => {
  const { index } = request.params;
  const subtitles = await controller.getVTTSubtitle(filePathOf(request.params), Number(index));
  response.type("text/vtt").send(subtitles);
});

// A ControllerError knows which status fits, and says in a sentence what is wrong.
app.use((error, _request, response, _next) => {
  if (response.headersSent || response.destroyed) return response.destroy();
  const { status = 500, code = "internal", retryAfterSeconds } = error;
  if (retryAfterSeconds !== undefined) response.set("Retry-After", String(retryAfterSeconds));
  return response.status(status).json({ code, error: error.message });
});

const server = app.listen(Number(process.env.PORT ?? 3000));
await once(server, "listening");
console.log(`listening at http://localhost:${server.address().port}/`);

const stop = async () => {
  server.close();
  server.closeAllConnections();
  await controller.dispose();
};
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
