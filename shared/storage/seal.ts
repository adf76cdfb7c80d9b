/**
 * Every object that is stored carries a checksum of itself at its end, in a form that its readers skip. So each
 * copy says by itself whether it is whole, wherever it lies and whoever serves it.
 */
interface SealForm {
  /** Bytes of the seal. */
  readonly length: number;
  /** Bytes at the end of an unsealed object that the seal takes the place of. */
  readonly replaces: number;
  make(digest: Uint8Array): Uint8Array;
}

/** Of SHA-256, as in `hashText`. */
const DIGEST_BYTES = 16;

/** ISO/IEC 14496-12 8.1.2: a `free` box may lie anywhere, and what it holds is ignored. */
const boxForm: SealForm = {
  length: 16 + DIGEST_BYTES,
  replaces: 0,
  make(digest) {
    const box = new Uint8Array(this.length);
    new DataView(box.buffer).setUint32(0, this.length);
    box.set(new TextEncoder().encode("freeseamline"), 4);
    box.set(digest, 16);
    return box;
  },
};

/** One more property, in place of the brace that ends the object. */
const jsonForm: SealForm = {
  length: ',"sha256":""}'.length + 2 * DIGEST_BYTES,
  replaces: 1,
  make(digest) {
    return new TextEncoder().encode(`,"sha256":"${toHex(digest)}"}`);
  },
};

/** WebVTT: a comment block after the last cue. */
const vttForm: SealForm = {
  length: "\n\nNOTE sha256 \n".length + 2 * DIGEST_BYTES,
  replaces: 0,
  make(digest) {
    return new TextEncoder().encode(`\n\nNOTE sha256 ${toHex(digest)}\n`);
  },
};

/** What stands behind the end of a JPEG or WebP picture is not looked at. */
const trailerForm: SealForm = {
  length: "seamline".length + DIGEST_BYTES,
  replaces: 0,
  make(digest) {
    return new Uint8Array([...new TextEncoder().encode("seamline"), ...digest]);
  },
};

/** By the ending of an object's name. AVIF is a file of boxes, too. */
const FORMS: Readonly<Record<string, SealForm>> = {
  ...{ m4s: boxForm, mp4: boxForm, avif: boxForm },
  ...{ jpg: trailerForm, webp: trailerForm },
  ...{ json: jsonForm, vtt: vttForm },
};

/**
 * An object's bytes with their seal, as they are published and served.
 * @param name whose ending says what it is: an init or media segment, a JSON object with properties, WebVTT, or a
 * picture.
 */
export async function seal(name: string, bytes: Uint8Array): Promise<Uint8Array> {
  const form = formOf(name);
  if (!form) throw new RangeError(`no seal is known for ${name}`);
  const body = bytes.subarray(0, bytes.length - form.replaces);
  const end = form.make(await digestOf(body));
  const sealed = new Uint8Array(body.length + end.length);
  sealed.set(body);
  sealed.set(end, body.length);
  return sealed;
}

/** Whether an object is whole: nothing of it is missing or changed since it was sealed. */
export async function isSealed(name: string, bytes: Uint8Array): Promise<boolean> {
  const form = formOf(name);
  if (!form) return true;
  const bodyLength = bytes.length - form.length;
  if (bodyLength <= 0) return false;
  const end = form.make(await digestOf(bytes.subarray(0, bodyLength)));
  return end.every((byte, position) => byte === bytes[bodyLength + position]);
}

function formOf(name: string): SealForm | undefined {
  const ending = name.slice(name.lastIndexOf(".") + 1);
  return Object.hasOwn(FORMS, ending) ? FORMS[ending] : undefined;
}

function toHex(digest: Uint8Array): string {
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function digestOf(bytes: Uint8Array): Promise<Uint8Array> {
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return new Uint8Array(digest, 0, DIGEST_BYTES);
}
