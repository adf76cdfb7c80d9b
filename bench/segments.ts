import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../test/support/free-port.ts";
import { benchSource } from "./bench-source.ts";
import { type Extent, type Figure, interleave } from "./figure.ts";
import { installPackages, type RunningProgram, startProgram } from "./running-program.ts";
import { mediaPlaylistUrl, readSegments, startSeamline } from "./seamline-process.ts";
import { startBareServer } from "./start-bare-server.ts";
import { askWithWrk } from "./wrk.ts";

const CONNECTIONS = 8;

/** A segment that is there, from the product itself, and handed off to the nginx in front of it. */
export async function segmentFigures({ smoke }: Extent): Promise<Figure[]> {
  await installPackages("wrk=wrk", "nginx=nginx-light");
  const source = await benchSource(smoke);
  const storageDir = await mkdtemp(join(tmpdir(), "seamline-bench-"));
  const direct = await startSeamline(source.folder, { storageDir });
  const behind = await startSeamline(source.folder, {
    storageDir,
    env: { HANDOFF: "x-accel-redirect:/internal/" },
  });
  try {
    const segments = await readSegments(await mediaPlaylistUrl(direct, source.name, `v${source.height}`));
    // All of them, so that nothing is made ahead while one is served.
    for (const { url } of segments) await (await fetch(url)).arrayBuffer();
    // Of full length: a title begins with shorter ones.
    const { url } = segments[3]!;
    const { pathname } = new URL(url);
    const [key, rendition, segment] = pathname.split("/").slice(-3) as [string, string, string];
    const file = `titles/${key.slice(0, 2)}/${key}/${rendition}/${segment}`;
    const headers = { "content-type": "video/mp4", "x-accel-redirect": `/internal/${file}` };
    const bare = await startBareServer({ headers: { ...headers, "content-length": "0" }, body: "" });
    const nginx = await startNginx(storageDir, { seamline: behind.url, bare: bare.url });
    try {
      const load = { connections: CONNECTIONS, seconds: 1 };
      const measure = (address: string) => async () => (await askWithWrk(address, load)).bytesPerSecond / 1e6;
      const measures = {
        direct: measure(url),
        handedOff: measure(nginx.url + pathname),
        bare: measure(`${nginx.url}/bare/`),
        nginx: measure(`${nginx.url}/files/${file}`),
      };
      if (!smoke) await interleave(2, measures);
      const {
        direct: ours,
        handedOff,
        bare: byBare,
        nginx: anchor,
      } = await interleave(smoke ? 1 : 15, measures);
      const common = {
        unit: "MB/s",
        anchor,
        moreIsBetter: true,
        anchorName: "nginx sends the same file",
      } as const;
      return [
        { ...common, name: "cached segment", ours, target: 0.5 },
        { ...common, name: "cached segment, handed off to nginx", ours: handedOff, target: 0.95 },
        {
          ...common,
          name: "cached segment, handed off by a bare node:http server",
          ours: byBare,
          target: 0.95,
        },
      ];
    } finally {
      await Promise.all([nginx.stop(), bare.stop()]);
    }
  } finally {
    await Promise.all([direct.stop(), behind.stop()]);
    await rm(storageDir, { recursive: true });
  }
}

/** Serves the storage folder at `/files/`, what a bare server names at `/bare/`, and all else through the product. */
async function startNginx(
  storageDir: string,
  upstreams: { readonly seamline: string; readonly bare: string },
): Promise<RunningProgram & { url: string }> {
  const folder = await mkdtemp(join(tmpdir(), "seamline-nginx-"));
  const port = await freePort();
  const scratch = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  // Run by root, it would leave root's folders to another user.
  const user = process.getuid?.() === 0 ? "user root;" : "";
  const text = `${user} daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr notice;
    events { worker_connections 256; }
    http {
      ${scratch.join(" ")} access_log off; sendfile on; tcp_nopush on; types { video/mp4 m4s; }
      upstream seamline { server ${new URL(upstreams.seamline).host}; keepalive 32; }
      upstream bare { server ${new URL(upstreams.bare).host}; keepalive 32; }
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      server {
        listen 127.0.0.1:${port};
        location / { proxy_pass http://seamline; }
        location /bare/ { proxy_pass http://bare; }
        location /internal/ {
          internal;
          alias ${storageDir}/;
          add_header Access-Control-Allow-Origin $upstream_http_access_control_allow_origin;
        }
        location /files/ { alias ${storageDir}/; }
      }
    }`;
  const file = join(folder, "nginx.conf");
  await writeFile(file, text);
  const program = await startProgram("nginx", ["-c", file], { ready: /start worker process \d/ });
  return {
    ...program,
    url: `http://127.0.0.1:${port}`,
    async stop() {
      await program.stop();
      await rm(folder, { recursive: true });
    },
  };
}
