import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** The binary itself: the package's command is a script that would leave it behind when it is ended. */
const { default: program } = createRequire(import.meta.url)("workerd") as { default: string };

export interface WorkerdProcess {
  /** Ends in `/`. */
  readonly url: string;
  /** What it has written so far: the module's console, and the runtime's own complaints. */
  output(): string;
  stop(): Promise<void>;
}

/** A module in a real workerd without anything of Node. */
export async function startWorkerd(
  bundle: string,
  bindings: Readonly<Record<string, string>>,
): Promise<WorkerdProcess> {
  const folder = await mkdtemp(join(tmpdir(), "seamline-workerd-"));
  await copyFile(bundle, join(folder, "module.js"));
  await writeFile(join(folder, "config.capnp"), config(bindings));
  const child = spawn(program, ["serve", join(folder, "config.capnp"), "--control-fd=3"], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const exited = once(child, "exit");
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const started = once(createInterface(child.stdio[3] as Readable), "line") as Promise<[string]>;
  const failed = exited.then(() => Promise.reject(new Error(`workerd ended at its start: ${output}`)));
  failed.catch(() => {});
  const [line] = await Promise.race([started, failed]);
  const { port } = JSON.parse(line) as { port: number };
  return {
    url: `http://127.0.0.1:${port}/`,
    output: () => output,
    async stop() {
      child.kill("SIGKILL");
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function config(bindings: Readonly<Record<string, string>>): string {
  const list = Object.entries(bindings).map(
    ([name, text]) => `(name = "${name}", text = ${JSON.stringify(text)})`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "orchestrator", worker = .orchestrator),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "orchestrator")],
);
const orchestrator :Workerd.Worker = (
  modules = [(name = "module", esModule = embed "module.js")],
  compatibilityDate = "2026-11-01",
  compatibilityFlags = ["no_nodejs_compat", "no_nodejs_compat_v2"],
  bindings = [${list.join(", ")}],
);
`;
}
