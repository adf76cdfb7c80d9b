import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What is done to a good stream in a folder. */
export type Break = (folder: string) => Promise<void>;

/** Replaces text in a file, which has to be there. */
export function edit(file: string, from: string | RegExp, to: string): Break {
  return async (folder) => {
    const path = join(folder, file);
    const text = await readFile(path, "utf8");
    if (text.replace(from, to) === text) throw new Error(`there is no ${from} in ${file}`);
    await writeFile(path, text.replace(from, to));
  };
}

export function remove(file: string): Break {
  return (folder) => rm(join(folder, file));
}

export function all(...breaks: readonly Break[]): Break {
  return async (folder) => {
    for (const one of breaks) await one(folder);
  };
}

/** Moves the decode times of segments by so many ticks. */
export function shift(files: readonly string[], ticks: number): Break {
  return changeAll(files, (bytes) => {
    for (const at of boxes(bytes, "tfdt")) {
      // A full box whose version says how long the time is.
      if (bytes[at + 4] === 1) bytes.writeBigUInt64BE(bytes.readBigUInt64BE(at + 8) + BigInt(ticks), at + 8);
      else bytes.writeUInt32BE(bytes.readUInt32BE(at + 8) + ticks, at + 8);
    }
    return bytes;
  });
}

/** Gives boxes another type. */
export function rename(file: string, from: string, to: string): Break {
  return changeAll([file], (bytes) => {
    for (const at of boxes(bytes, from)) bytes.write(to, at, "latin1");
    return bytes;
  });
}

/** Says of a segment's first sample that it needs others (ISO/IEC 14496-12 8.8.8: first_sample_flags). */
export function dropSync(file: string): Break {
  return changeAll([file], (bytes) => {
    for (const at of boxes(bytes, "trun")) {
      if ((bytes.readUInt32BE(at + 4) & 0x5) !== 0x5) throw new Error("no first_sample_flags in trun");
      bytes.writeUInt32BE(0x01010000, at + 16);
    }
    return bytes;
  });
}

/** Lets fragments be of another track (8.8.7). */
export function changeTrack(file: string, id: number): Break {
  return changeAll([file], (bytes) => {
    for (const at of boxes(bytes, "tfhd")) bytes.writeUInt32BE(id, at + 8);
    return bytes;
  });
}

/** Overwrites part of the media, and leaves the boxes alone. */
export function damage(file: string): Break {
  return changeAll([file], (bytes) => {
    const [at = 0] = boxes(bytes, "mdat");
    return bytes.fill(0x55, at + 400, at + 4000);
  });
}

export function cutShort(file: string): Break {
  return changeAll([file], (bytes) => bytes.subarray(0, bytes.length >> 1));
}

function changeAll(files: readonly string[], change: (bytes: Buffer) => Buffer): Break {
  return async (folder) => {
    for (const file of files) {
      const path = join(folder, file);
      await writeFile(path, change(await readFile(path)));
    }
  };
}

/** Where the types of boxes stand. */
function boxes(bytes: Buffer, type: string): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(type); at >= 0; at = bytes.indexOf(type, at + 4)) places.push(at);
  if (places.length === 0) throw new Error(`no ${type} box`);
  return places;
}
