import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type RunningProgram, startProgram } from "./running-program.ts";

const BARE_SERVER = fileURLToPath(new URL("bare-server.js", import.meta.url));

export interface BareAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A bare `node:http` server in a process of its own: what the runtime can do, and no server can do better. */
export async function startBareServer(
  answer: BareAnswer,
): Promise<RunningProgram & { readonly url: string }> {
  const folder = await mkdtemp(join(tmpdir(), "seamline-bare-"));
  const file = join(folder, "answer.json");
  await writeFile(file, JSON.stringify(answer));
  const program = await startProgram(process.execPath, [BARE_SERVER, file], { ready: /^bare server/ });
  await rm(folder, { recursive: true });
  return { ...program, url: /http:\S+/.exec(program.line)![0] };
}
