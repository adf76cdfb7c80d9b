// Writes the library's types a second time, as those of a CommonJS module: TypeScript takes the format of a package's
// types for that of its code, and a CommonJS program may not import an ES module under every setting.
import { readFileSync, writeFileSync } from "node:fs";

const IMPORT = /(from|import\()(\s*)"([^"]+)"/g;
const found = new Set();

function write(url) {
  if (found.has(url.href)) return;
  found.add(url.href);
  const text = readFileSync(url, "utf8").replace(IMPORT, (whole, keyword, space, name) => {
    if (!name.startsWith(".")) {
      if (name.startsWith("node:")) return whole;
      throw new Error(`${url.pathname}: public types may not need ${name}`);
    }
    write(new URL(name.replace(/\.ts$/, ".d.ts"), url));
    return `${keyword}${space}"${name.replace(/\.ts$/, ".cjs")}"`;
  });
  // The map is that of the other file.
  const types = text.replace(/^\/\/# sourceMappingURL=.*$/m, "");
  writeFileSync(new URL(url.href.replace(/\.d\.ts$/, ".d.cts")), types);
}

write(new URL("../dist/library/index.d.ts", import.meta.url));
