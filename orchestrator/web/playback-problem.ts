import Hls, { type ErrorData } from "hls.js";
import { type Problem, parseProblem } from "./problem.ts";

const unsupported: Problem = {
  title: "This browser can't play the film",
  detail: "It doesn't decode the film's video or audio format. Try another browser or device.",
  code: "unsupported-by-browser",
};

/** A fatal error of hls.js, in words. The server's own problem wins when there is one. */
export function explainHlsError(data: ErrorData): Problem {
  const details = Hls.ErrorDetails;
  switch (data.details) {
    case details.MANIFEST_INCOMPATIBLE_CODECS_ERROR:
    case details.BUFFER_ADD_CODEC_ERROR:
    case details.BUFFER_INCOMPATIBLE_CODECS_ERROR:
      return unsupported;
    default:
  }
  if (data.details.endsWith("TimeOut")) {
    return {
      title: "The film is taking too long",
      detail: "The server accepted the request and didn't answer in time. Try again in a moment.",
      code: data.details,
    };
  }
  const status = data.response?.code;
  if (status !== undefined && (status === 0 || status >= 400)) {
    return parseProblem(status, bodyOf(data.networkDetails));
  }
  return {
    title: "Playback stopped",
    detail: "The player met something in the stream that it can't go on from. Try again.",
    code: data.details,
  };
}

/** The film has another playlist by now: hls.js would go on to look for the part in every quality of this one. */
export function isReplanned(data: ErrorData): boolean {
  return data.details === Hls.ErrorDetails.FRAG_LOAD_ERROR && isEncoderFailure(explainHlsError(data));
}

/** Its encoder failed in mid-film, and it goes on in software. */
export function isEncoderFailure({ code }: Problem): boolean {
  return code === "encoder-failed";
}

/** For a player of the browser's own, which tells what kind of error it met and no more. */
export function explainMediaError(error: MediaError | null): Problem {
  if (error?.code === MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED) return unsupported;
  return {
    title: "Playback stopped",
    detail: error?.message || "Try again.",
    code: `media-error-${error?.code ?? 0}`,
  };
}

/** hls.js loads playlists as text and segments as bytes; a problem document may come instead of either. */
function bodyOf(networkDetails: unknown): string {
  if (!(networkDetails instanceof XMLHttpRequest)) return "";
  const { response } = networkDetails as { readonly response: unknown };
  if (response instanceof ArrayBuffer) return new TextDecoder().decode(response);
  return typeof response === "string" ? response : "";
}
