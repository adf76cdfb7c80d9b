import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { BareAnswer } from "./start-bare-server.ts";

/** The least that Node.js can do: one answer, whatever is asked for. Usage: bare-server.js <JSON file of it> */
const { headers, body } = JSON.parse(await readFile(process.argv[2]!, "utf8")) as BareAnswer;
const server = createServer((_, response) => {
  response.writeHead(200, headers);
  response.end(body);
});
server.listen(0, "127.0.0.1", () => {
  console.log(`bare server at http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.once("SIGTERM", () => process.exit());
