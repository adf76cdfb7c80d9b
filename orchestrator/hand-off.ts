import { IMMUTABLE, matchesEtag } from "./object-response.ts";

/** Who sends the bytes of a segment that is there, in this program's place. */
export type HandOff =
  /** The nginx that the request came through, from a location that only it can reach. */
  | { readonly kind: "x-accel-redirect"; readonly prefix: string }
  /** The Apache or lighttpd that the request came through, from the storage folder. */
  | { readonly kind: "x-sendfile"; readonly folder: string }
  /** Whoever serves storage at this address, which ends in a slash; the player is sent there. */
  | { readonly kind: "redirect"; readonly base: string };

export function redirectTo(url: string): HandOff {
  return { kind: "redirect", base: url.endsWith("/") ? url : `${url}/` };
}

/**
 * The answer by which somebody else sends an object; length, ranges and HEAD are that one's then.
 * @param objectName in storage; it holds nothing that a URL or a header would have to escape.
 */
export function handOffResponse(
  request: Request,
  handOff: HandOff,
  objectName: string,
  { contentType, etag }: { readonly contentType: string; readonly etag: string },
): Response {
  if (handOff.kind === "redirect") {
    // Never remembered: the object may be evicted, and is made again only where it is asked for here.
    const headers = {
      location: handOff.base + objectName,
      "cache-control": "no-store",
      "content-length": "0",
    };
    return new Response(null, { status: 307, headers });
  }
  const headers = new Headers({ "content-type": contentType, "cache-control": IMMUTABLE, etag });
  if (matchesEtag(request, etag)) return new Response(null, { status: 304, headers });
  // With a length, the front server can use its connection to us again.
  headers.set("content-length", "0");
  const place = handOff.kind === "x-accel-redirect" ? handOff.prefix : `${handOff.folder}/`;
  headers.set(handOff.kind, place + objectName);
  return new Response(null, { headers });
}
