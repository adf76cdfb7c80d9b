/** What may be said about a screenshot. */
export interface ScreenshotOptions {
  /** Seconds on the title's clock. */
  readonly at: number;
  /** Pixels; the server raises it to one of a few. */
  readonly width?: number;
  readonly format?: "jpg" | "webp" | "avif";
}

/** The addresses of a title. All but those of sprites stay the same when its source is replaced. */
export interface TitleUrls {
  /** Where playing begins. */
  readonly hls: string;
  /** The same with every picture, for players that change only where segments of both begin. */
  readonly all: string;
  /** The same with nothing but the picture as it is in the file. */
  readonly original: string;
  readonly description: string;
  readonly poster: string;
  screenshot(options: ScreenshotOptions): string;
  /** WebVTT that says where the small pictures for a seek bar lie. @param titleKey as the playlist names it. */
  sprites(titleKey: string): string;
}

/**
 * @param base of the server, ending in `/`.
 * @param path in the media folder, not encoded.
 * @param token a viewer's, where the server asks for one.
 */
export function titleUrls(base: URL, path: string, token: string | undefined): TitleUrls {
  const folder = `hls/${encodePath(path)}/`;
  const urlOf = (name: string, query: Readonly<Record<string, string>> = {}) => {
    const url = new URL(folder + name, base);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    if (token !== undefined) url.searchParams.set("token", token);
    return url.href;
  };
  return {
    hls: urlOf("master.m3u8"),
    all: urlOf("all.m3u8"),
    original: urlOf("original.m3u8"),
    description: urlOf("title.json"),
    poster: urlOf("poster.jpg"),
    screenshot: ({ at, width, format }) =>
      urlOf("screenshot", {
        at: at.toFixed(3),
        ...(width !== undefined && { width: String(width) }),
        ...(format && { format }),
      }),
    sprites: (titleKey) => urlOf(`${titleKey}/sprites/index.vtt`),
  };
}

/** A path as it stands in an address: its pieces one by one. */
export function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
