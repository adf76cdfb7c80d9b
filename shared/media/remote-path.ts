import { FaultError } from "../fault.ts";

/**
 * Hosts that films may be fetched from, as `host` or `host:port`; without a port, at the scheme's own. All are
 * written as the URL standard prints them, so that one host has one spelling.
 */
export interface SourceHosts {
  /** Those that may have public addresses alone. */
  readonly public: readonly string[];
  /** Those that may have addresses in private networks, too. */
  readonly private: readonly string[];
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { "https:": "443", "http:": "80" };

/** Whether a title's path is that of a film on another host, such as `https:/films.example/a.mp4`. */
export function isRemotePath(path: string): boolean {
  return /^https?:\//.test(path);
}

/**
 * Where the film at a remote path lies: `https:/host:port/a b.mp4` is `https://host:port/a%20b.mp4`. Its pieces
 * are names, as those of any path, so it can hold neither a query nor a password.
 * @throws FaultError where it is no such path, or its host is not listed.
 */
export function remoteUrl(path: string, hosts: SourceHosts): URL {
  if (hosts.public.length + hosts.private.length === 0) {
    throw notAllowed("Films on other hosts are not played here: no SOURCE_HOSTS are set.");
  }
  const url = parseRemotePath(path);
  if (!url) {
    throw notAllowed(
      "This is no address of a film: write https:/host/path/film.mp4, with the host in lower case " +
        "and without a user, a query or the default port.",
    );
  }
  return requireListed(url, hosts);
}

/** @throws FaultError where the host is not listed with this port. */
export function requireListed(url: URL, hosts: SourceHosts): URL {
  if (isListed(url, hosts.public) || isListed(url, hosts.private)) return url;
  throw notAllowed(`Films on ${url.host} are not played here: it is none of the SOURCE_HOSTS.`);
}

export function isListed(url: URL, hosts: readonly string[]): boolean {
  if (url.port) return hosts.includes(url.host);
  return hosts.includes(url.hostname) || hosts.includes(`${url.hostname}:${DEFAULT_PORTS[url.protocol]}`);
}

/** Whether a text is a host, with a port or without, as the URL standard prints it. */
export function isSourceHost(text: string): boolean {
  const [, host, port = "1"] = /^([\w.-]+|\[[\d:a-f]+\])(?::([1-9]\d{0,4}))?$/.exec(text) ?? [];
  return host !== undefined && Number(port) <= 65535 && isPlainUrl(`http://${host}/`);
}

export function notAllowed(detail: string): FaultError {
  return new FaultError("source-not-allowed", detail);
}

function parseRemotePath(path: string): URL | undefined {
  const [scheme, host, ...names] = path.split("/");
  // Half of a surrogate pair is no character.
  if (names.length === 0 || names.includes("") || host!.includes("@") || /\p{Cs}/u.test(path))
    return undefined;
  const written = `${scheme}//${host}/${names.map(encodeURIComponent).join("/")}`;
  return isPlainUrl(written) ? new URL(written) : undefined;
}

/** Whether the URL parser reads a text as it stands, with nothing in it to tidy up. */
function isPlainUrl(text: string): boolean {
  return URL.canParse(text) && new URL(text).href === text;
}
