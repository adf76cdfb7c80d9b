// A program as users of the older library have it, with its import replaced: a controller for this process alone,
// one that is distributed, and one that finds out. It ends by itself, or not at all.
import { buffer } from "node:stream/consumers";
import { HLSController, StreamType } from "seamline";

const { FILM, LOCAL_CACHE, SHARED_CACHE, HLS_CACHE_DIR, REDIS_URL, FLEET_REDIS_URL } = process.env;

const alone = new HLSController({
  cacheDirectory: LOCAL_CACHE,
  hwAccel: true,
  maxSegmentBatchSize: 50,
  config: { enableHardwareAccelFallback: true, metricsInterval: 30_000, maxEncoderDistance: 30 },
});
const distributed = new HLSController({
  cacheDirectory: SHARED_CACHE,
  hwAccel: true,
  distributed: {
    enabled: true,
    redisUrl: FLEET_REDIS_URL,
    workerId: process.env.HOSTNAME,
    claimTTL: 60_000,
    claimRenewalInterval: 20_000,
    segmentTimeout: 30_000,
    fallbackToLocal: true,
    completedSegmentTTL: 7 * 24 * 60 * 60 * 1000,
    fileWaitTimeout: 10_000,
  },
});
const detecting = new HLSController({
  cacheDirectory: HLS_CACHE_DIR,
  hwAccel: true,
  distributed: { enabled: Boolean(REDIS_URL), redisUrl: REDIS_URL, workerId: process.env.HOSTNAME },
});

async function play(controller) {
  await controller.initialize();
  controller.onStreamMetrics(() => {});
  await controller.getMasterPlaylist(FILM, "client-123");
  const playlist = await controller.getIndexPlaylist(FILM, "client-123", StreamType.VIDEO, "1080p", 0);
  const { stream, size } = await controller.getSegmentStream(
    FILM,
    "client-123",
    StreamType.VIDEO,
    "1080p",
    0,
    0,
  );
  return { segments: playlist.split(".ts\n").length - 1, whole: (await buffer(stream)).length === size };
}

const results = [];
for (const controller of [alone, distributed, detecting]) results.push(await play(controller));
await Promise.all([alone, distributed, detecting].map((controller) => controller.dispose()));
console.log(JSON.stringify(results));
