import type { Reply, ReplyValue } from "./command-port.ts";

/** A reply as it goes out. */
export type JsonReply = { readonly result: JsonValue } | { readonly error: string };
type JsonValue = string | number | null | readonly JsonValue[];

/** Bytes as the text they should be, or in base64, which any bytes survive; errors are text always. */
export function encodeReply(reply: Reply, base64: boolean): JsonReply {
  if ("error" in reply) return reply;
  if (!base64) return { result: encodeValue(reply.result, toText) };
  // Upstash leaves a plain OK as it is. Not so within a list, where clients would take it for base64.
  if (isOk(reply.result)) return { result: "OK" };
  return { result: encodeValue(reply.result, toBase64) };
}

function encodeValue(value: ReplyValue, encode: (bytes: Uint8Array) => string): JsonValue {
  if (value instanceof Uint8Array) return encode(value);
  if (typeof value === "number" || value === null) return value;
  return value.map((item) => encodeValue(item, encode));
}

function isOk(value: ReplyValue): boolean {
  return value instanceof Uint8Array && value.length === 2 && toText(value) === "OK";
}

/** A byte order mark is part of the value. */
const text = new TextDecoder("utf-8", { ignoreBOM: true });

function toText(bytes: Uint8Array): string {
  return text.decode(bytes);
}

function toBase64(bytes: Uint8Array): string {
  let characters = "";
  for (const byte of bytes) characters += String.fromCharCode(byte);
  return btoa(characters);
}
