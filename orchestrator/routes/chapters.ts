import type { Title } from "../../shared/media/title.ts";
import { CHAPTERS_JSON, formatChaptersJson, formatChaptersWebvtt } from "../../shared/playlist/chapters.ts";
import type { Pass } from "../doors/pass.ts";
import { IMMUTABLE } from "../object-response.ts";
import { playlistResponse } from "../playlist-response.ts";

/** `/hls/<path>/<title key>/chapters.json` and `chapters.vtt`: printed from the plan. */
export function chaptersResponse(
  request: Request,
  title: Title,
  name: string,
  { tag }: Pass,
  { compress }: { readonly compress: boolean },
): Promise<Response> {
  const isJson = name === CHAPTERS_JSON;
  return playlistResponse(request, {
    etag: `"${title.key}-${name}${tag}"`,
    cacheControl: IMMUTABLE,
    contentType: isJson ? "application/json" : "text/vtt; charset=utf-8",
    compress,
    print: () => (isJson ? formatChaptersJson(title) : formatChaptersWebvtt(title)),
  });
}
