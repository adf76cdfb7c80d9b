// Writes shared/redis/lua-sources.ts from the scripts beside it: an edge bundle can't read files, and may not
// compute anything asynchronous, such as a digest, while it is loaded.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const folder = new URL("../shared/redis/", import.meta.url);
const read = (name) => readFileSync(new URL(`scripts/${name}.lua`, folder), "utf8");
const prelude = `${read("prelude")}\n`;
const entries = readdirSync(new URL("scripts/", folder))
  .filter((file) => file.endsWith(".lua") && file !== "prelude.lua")
  .map((file) => {
    const name = file.replace(".lua", "");
    const text = read(name);
    const sha1 = createHash("sha1")
      .update(prelude + text)
      .digest("hex");
    return `  ${name}: { sha1: "${sha1}", text: ${JSON.stringify(text)} },\n`;
  });
const target = new URL("lua-sources.ts", folder);
const code = `// Made by script/embed-lua.mjs from scripts/*.lua.
export const prelude = ${JSON.stringify(prelude)};
/** Each goes behind the prelude; the digest is of both. */
export const luaSources = {
${entries.join("")}} as const;
`;
let current = "";
try {
  current = readFileSync(target, "utf8");
} catch (error) {
  if (error.code !== "ENOENT") throw error;
}
if (current !== code) writeFileSync(target, code);
