const watchPrefix = "#/watch/";

export type Route = { readonly kind: "library" } | { readonly kind: "watch"; readonly path: string };

export function watchHash(path: string): string {
  // A file name that is no Unicode may hold half a surrogate pair, which encodeURIComponent throws at.
  const wellFormed = path.replace(/\p{Surrogate}/gu, "\uFFFD");
  return watchPrefix + wellFormed.split("/").map(encodeURIComponent).join("/");
}

export function parseRoute(hash: string): Route {
  if (!hash.startsWith(watchPrefix)) return { kind: "library" };
  return { kind: "watch", path: decodePath(hash.slice(watchPrefix.length)) };
}

function decodePath(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded; // typed by hand; it names no title, and the page says so
  }
}
