/** Values of an attribute list (RFC 8216bis 4.2). */
export type AttributeValue = { readonly quoted: string } | { readonly literal: string } | number | undefined;

export function quoted(value: string): AttributeValue {
  return { quoted: value };
}

export function literal(value: string): AttributeValue {
  return { literal: value };
}

/** `A=1,B="x"`; attributes without a value are left out. */
export function formatAttributeList(attributes: Readonly<Record<string, AttributeValue>>): string {
  return Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${formatValue(value)}`)
    .join(",");
}

function formatValue(value: AttributeValue): string {
  if (typeof value === "number") return String(value);
  if (value && "literal" in value) return value.literal;
  return `"${toQuotable(value?.quoted ?? "")}"`;
}

/** 4.2: a quoted-string must not contain line feed, carriage return or the double quote. */
export function toQuotable(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ").replaceAll('"', "'");
}
