import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** The least that Node.js can do: one text, whatever is asked for. Usage: bare-server.js <file> */
const text = await readFile(process.argv[2]!, "utf8");
const server = createServer((_, response) => {
  response.setHeader("content-type", "application/vnd.apple.mpegurl");
  response.end(text);
});
server.listen(0, "127.0.0.1", () => {
  console.log(`bare server at http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.once("SIGTERM", () => process.exit());
