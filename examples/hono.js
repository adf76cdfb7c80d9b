// Adaptive HLS from a Hono application. Start it with the folder of your films:
//
//   npm install seamline hono @hono/node-server
//   FILMS=/srv/films node hono.js
//
// and give a player http://localhost:3000/video/<a file's name>/playlist.m3u8. With REDIS_URL set, and CACHE_DIR on
// shared storage, any number of these make one fleet.
import { join } from "node:path";
import { Readable } from "node:stream";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { ControllerError, HLSController, StreamType, VideoQualityEnum } from "seamline";

const films = process.env.FILMS ?? "films";
const controller = new HLSController({
  cacheDirectory: process.env.CACHE_DIR ?? "cache",
  segmentExtension: "m4s",
});
await controller.initialize();

const FILM = "/video/:film{[A-Za-z0-9_-][A-Za-z0-9_ .-]*}";
const STREAM = `${FILM}/:type{video|audio}/:index{[0-9]+}/:quality`;
const TYPES = { video: StreamType.VIDEO, audio: StreamType.AUDIO };
const PLAYLIST = { "content-type": "application/vnd.apple.mpegurl", "cache-control": "no-cache" };

/** What all methods begin with: the file, and who watches. Look yours up instead. */
const asked = (context) => [join(films, context.req.param("film")), context.req.header("x-client-id") ?? ""];
/** The request's signal fires when the client goes away, so that nothing is made for nobody. */
const whileConnected = (context) => ({ signal: context.req.raw.signal });
const streamOf = (context) => {
  const { type, index, quality } = context.req.param();
  return [TYPES[type], quality, Number(index)];
};

const app = new Hono();

app.get(`${FILM}/playlist.m3u8`, async (context) => {
  const playlist = await controller.getMasterPlaylist(...asked(context), whileConnected(context));
  return context.body(playlist, 200, PLAYLIST);
});

app.get(`${STREAM}/playlist.m3u8`, async (context) => {
  const playlist = await controller.getIndexPlaylist(
    ...asked(context),
    ...streamOf(context),
    whileConnected(context),
  );
  return context.body(playlist, 200, PLAYLIST);
});

app.get(`${STREAM}/:segment{segment-[0-9]+\\.m4s}`, async (context) => {
  const number = Number.parseInt(context.req.param("segment").slice("segment-".length), 10);
  const { stream, size, contentType } = await controller.getSegmentStream(
    ...asked(context),
    ...streamOf(context),
    number,
    whileConnected(context),
  );
  const headers = { "content-type": contentType, "content-length": String(size) };
  return context.body(Readable.toWeb(stream), 200, headers);
});

app.get(`${FILM}/screenshot.jpg`, async (context) => {
  const [film] = asked(context);
  const time = Number(context.req.query("at") ?? 0);
  const picture = await controller.generateScreenshot(
    film,
    VideoQualityEnum.P360,
    0,
    time,
    whileConnected(context),
  );
  return context.body(Readable.toWeb(picture), 200, { "content-type": "image/jpeg" });
});

app.get(`${FILM}/subtitles.json`, async (context) => {
  const [film] = asked(context);
  return context.json(await controller.getConvertibleSubtitles(film));
});

app.get(`${FILM}/subtitles/:name{[0-9]+\\.vtt}`, async (context) => {
  const [film] = asked(context);
  const subtitles = await controller.getVTTSubtitle(film, Number.parseInt(context.req.param("name"), 10));
  return context.body(subtitles, 200, { "content-type": "text/vtt; charset=utf-8" });
});

// A ControllerError knows which status fits, and says in a sentence what is wrong.
app.onError((error, context) => {
  if (!(error instanceof ControllerError)) throw error;
  const { status, code, message, retryAfterSeconds } = error;
  if (retryAfterSeconds !== undefined) context.header("retry-after", String(retryAfterSeconds));
  return context.json({ code, error: message }, status);
});

const server = serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) }, ({ port }) => {
  console.log(`listening at http://localhost:${port}/`);
});

const stop = async () => {
  server.close();
  server.closeAllConnections();
  await controller.dispose();
};
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
