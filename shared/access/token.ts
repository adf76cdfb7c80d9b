import { fromBase64url, toBase64url } from "./base64url.ts";
import { formatGrant, type Grant, parseGrant } from "./grant.ts";

/**
 * A token is `sl1.<grant>.<signature>`: the grant in base64url, and the HMAC-SHA-256 of all before the last
 * dot. It needs no escaping in a URL or a playlist. Another form gets another number.
 */
const VERSION = "sl1";
const HMAC = { name: "HMAC", hash: "SHA-256" };
/** Longer ones name no file: paths have at most 4096 bytes. */
const MAX_TOKEN_LENGTH = 8192;

/** The first signs, all of them verify: a new secret is put before the old one until old tokens have expired. */
export type AccessKeys = readonly [CryptoKey, ...CryptoKey[]];

export type Verdict =
  | { readonly kind: "granted"; readonly grant: Grant }
  | { readonly kind: "expired"; readonly grant: Grant }
  /** Not a token, or not signed with any of the keys. */
  | { readonly kind: "invalid" };

const INVALID: Verdict = { kind: "invalid" };

export async function importAccessKeys(secrets: readonly string[]): Promise<AccessKeys> {
  const [first, ...others] = await Promise.all(secrets.map(importKey));
  if (!first) throw new RangeError("no secret to sign with");
  return [first, ...others];
}

/** The token for a grant, to be given as `?token=…`. */
export async function signToken(grant: Grant, [key]: AccessKeys): Promise<string> {
  const signed = `${VERSION}.${toBase64url(new TextEncoder().encode(formatGrant(grant)))}`;
  const signature = await crypto.subtle.sign(HMAC, key, new TextEncoder().encode(signed));
  return `${signed}.${toBase64url(new Uint8Array(signature))}`;
}

/** @param nowMs milliseconds since 1970. */
export async function verifyToken(token: string, keys: AccessKeys, nowMs: number): Promise<Verdict> {
  if (token.length > MAX_TOKEN_LENGTH) return INVALID;
  const [version, payload = "", signature = "", ...rest] = token.split(".");
  const bytes = fromBase64url(signature);
  if (version !== VERSION || rest.length > 0 || !bytes) return INVALID;
  // Nothing that isn't signed is parsed.
  if (!(await isSigned(`${VERSION}.${payload}`, bytes, keys))) return INVALID;
  const grant = parseGrant(new TextDecoder().decode(fromBase64url(payload)));
  if (!grant) return INVALID;
  return { kind: nowMs < grant.expiresAt * 1000 ? "granted" : "expired", grant };
}

/** `verify` takes as long for a signature that is nearly right as for any other. */
async function isSigned(
  text: string,
  signature: Uint8Array<ArrayBuffer>,
  keys: AccessKeys,
): Promise<boolean> {
  const signed = new TextEncoder().encode(text);
  for (const key of keys) if (await crypto.subtle.verify(HMAC, key, signature, signed)) return true;
  return false;
}

function importKey(secret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", new TextEncoder().encode(secret), HMAC, false, ["sign", "verify"]);
}
