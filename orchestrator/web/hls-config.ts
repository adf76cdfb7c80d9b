import type { FragmentLoaderConstructor, HlsConfig, LoaderConfig, RetryConfig } from "hls.js";
import { AlignedStreamController } from "./aligned-stream.ts";
import { EncodeAwareAbrController } from "./encode-aware-abr.ts";
import { QuietInitLoader } from "./quiet-init-loader.ts";

/**
 * A segment, and the first playlist of a film nobody has looked into, is made while we wait. The server
 * answers 503 when its own limit (20 s unless set otherwise) has passed, so it must be the one to give up.
 * hls.js retries 5xx and never 4xx, which here means that the title can't be played; all but 429, which means
 * that this viewer waits for much already.
 */
function patiently(maxNumRetry: number): { readonly default: LoaderConfig } {
  const shouldRetry: RetryConfig["shouldRetry"] = (config, count, _isTimeout, response, retry) =>
    retry || (response?.code === 429 && count < (config?.maxNumRetry ?? 0));
  return {
    default: {
      maxTimeToFirstByteMs: 25_000,
      maxLoadTimeMs: 60_000,
      timeoutRetry: { maxNumRetry: 2, retryDelayMs: 0, maxRetryDelayMs: 0 },
      errorRetry: { maxNumRetry, retryDelayMs: 1000, maxRetryDelayMs: 8000, shouldRetry },
    },
  };
}

export const hlsConfig: Partial<HlsConfig> = {
  abrController: EncodeAwareAbrController,
  streamController: AlignedStreamController,
  fLoader: QuietInitLoader as FragmentLoaderConstructor,
  manifestLoadPolicy: patiently(2),
  playlistLoadPolicy: patiently(2),
  fragLoadPolicy: patiently(4),

  // The start rung comes from the estimate. Without testBandwidth: that would encode and load the first
  // segment of the lowest rung only to throw it away.
  startLevel: -1,
  testBandwidth: false,
  // A rung of the middle: quick to encode, so the first picture comes soon, and no mush on a telephone.
  abrEwmaDefaultEstimate: 2_500_000,
  // Nobody should encode 1080p for a player that is 400 pixels wide.
  capLevelToPlayerSize: true,

  // Enough to sit out a cold segment. No more: what is fetched ahead and not watched was encoded for nothing.
  maxBufferLength: 30,
  maxMaxBufferLength: 60,
  backBufferLength: 90,
  lowLatencyMode: false,
};
