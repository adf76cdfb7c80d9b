// Writes shared/redis/lua-sources.ts from the scripts beside it: an edge bundle can't read files.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const folder = new URL("../shared/redis/", import.meta.url);
const names = readdirSync(new URL("scripts/", folder)).filter((name) => name.endsWith(".lua"));
const entries = names.map((name) => {
  const text = readFileSync(new URL(`scripts/${name}`, folder), "utf8");
  return `  ${name.replace(".lua", "")}: ${JSON.stringify(text)},\n`;
});
const target = new URL("lua-sources.ts", folder);
const code = `// Made by script/embed-lua.mjs from scripts/*.lua.\nexport const luaSources = {\n${entries.join("")}} as const;\n`;
let current = "";
try {
  current = readFileSync(target, "utf8");
} catch (error) {
  if (error.code !== "ENOENT") throw error;
}
if (current !== code) writeFileSync(target, code);
