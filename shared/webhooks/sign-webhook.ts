import { toBase64 } from "../access/base64url.ts";

/** A secret as operators write it: `whsec_` and the base64 of 24 to 64 bytes. */
const SECRET = /^whsec_([A-Za-z0-9+/]{32,88}={0,2})$/;
const HMAC = { name: "HMAC", hash: "SHA-256" };

/** What is signed, by https://www.standardwebhooks.com. */
export interface WebhookMessage {
  /** The same for every try. */
  readonly id: string;
  /** Of this try, seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

/** Whether a text is a secret that messages can be signed with. */
export function isWebhookSecret(text: string): boolean {
  const length = secretBytes(text)?.length ?? 0;
  return length >= 24 && length <= 64;
}

export async function importWebhookSecret(secret: string): Promise<CryptoKey> {
  const bytes = secretBytes(secret);
  if (!bytes) throw new RangeError("no secret to sign webhooks with");
  return crypto.subtle.importKey("raw", bytes, HMAC, false, ["sign"]);
}

/** The headers of a message, with a signature by each key, so that a receiver may know the old one or the new one. */
export async function webhookHeaders(
  { id, timestamp, body }: WebhookMessage,
  keys: readonly CryptoKey[],
): Promise<Readonly<Record<string, string>>> {
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  const signatures = await Promise.all(keys.map((key) => crypto.subtle.sign(HMAC, key, signed)));
  return {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signatures.map((bytes) => `v1,${toBase64(new Uint8Array(bytes))}`).join(" "),
  };
}

function secretBytes(secret: string): Uint8Array<ArrayBuffer> | undefined {
  const base64 = SECRET.exec(secret)?.[1];
  if (base64 === undefined) return undefined;
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
