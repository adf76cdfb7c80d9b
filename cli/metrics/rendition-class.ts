/** What is made, in labels: few enough values, whatever films there are. */
export interface RenditionClass {
  readonly media: "video" | "iframe" | "audio" | "original" | "subtitles" | "picture" | "source" | "other";
  /** `1080p`, of sound its form, of an init segment `init`; empty where there is only one. */
  readonly rung: string;
}

/** Sides that a ladder has; a source smaller than all of them gets a rung of its own size. */
const RUNGS: ReadonlySet<string> = new Set(["240", "360", "480", "720", "1080", "1440", "2160", "4320"]);
const SOUND: Readonly<Record<string, string>> = { a: "stereo", m: "surround", d: "copied" };
const OTHER: RenditionClass = { media: "other", rung: "" };

/** @param id such as `v720` or `a0`: see `RENDITION_ID`. */
export function renditionClass(id: string): RenditionClass {
  const [letter, number] = [id.slice(0, 1), id.slice(1)];
  const rung = RUNGS.has(number) ? `${number}p` : "smaller";
  if (letter === "v") return { media: "video", rung };
  if (letter === "i") return { media: "iframe", rung };
  if (letter === "o") return { media: "original", rung: "" };
  if (letter === "t" || letter === "x") return { media: "subtitles", rung: "" };
  const form = SOUND[letter];
  return form ? { media: "audio", rung: form } : OTHER;
}

export interface ObjectClass extends RenditionClass {
  readonly isMediaSegment: boolean;
}

/** @param name of an object in storage: see `object-name.ts`. */
export function objectClass(name: string): ObjectClass {
  const [top, , , rendition, file] = name.split("/");
  if (top === "sources") return { media: "source", rung: "", isMediaSegment: false };
  if (rendition === undefined) return { ...OTHER, isMediaSegment: false };
  if (/\.(?:jpg|webp|avif)$/.test(file ?? rendition)) {
    return { media: "picture", rung: "", isMediaSegment: false };
  }
  return { ...renditionClass(rendition), isMediaSegment: /^\d+\.m4s$/.test(file ?? "") };
}
