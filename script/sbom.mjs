#!/usr/bin/env node
// Prints the software bill of materials (CycloneDX, JSON) of what `npm install seamline` installs.
// `npm sbom --omit dev` would also leave out what a development dependency shares with the package itself.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const root = new URL("..", import.meta.url);
const { name } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
const sbom = JSON.parse(
  execFileSync("npm", ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only", "--include", "dev"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 << 20,
  }),
);

const isDevelopment = (property) =>
  property.name === "cdx:npm:package:development" && property.value === "true";
const components = sbom.components.filter(({ properties }) => !properties.some(isDevelopment));
const kept = new Set([sbom.metadata.component["bom-ref"], ...components.map((part) => part["bom-ref"])]);
const dependencies = sbom.dependencies
  .filter(({ ref }) => kept.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) }));
// npm calls it as the folder is called.
const metadata = { ...sbom.metadata, component: { ...sbom.metadata.component, name } };

console.log(JSON.stringify({ ...sbom, metadata, components, dependencies }, null, 2));
