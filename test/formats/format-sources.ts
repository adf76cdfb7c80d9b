import type { FormatSource } from "./format-source.ts";
import { brokenSources } from "./sources/broken-sources.ts";
import { codecSources } from "./sources/codec-sources.ts";
import { h264Sources } from "./sources/h264-sources.ts";
import { shapeSources } from "./sources/shape-sources.ts";
import { soundSources } from "./sources/sound-sources.ts";

/** Every file of the matrix, in the order of its page. */
export const formatSources: readonly FormatSource[] = [
  ...h264Sources,
  ...codecSources,
  ...soundSources,
  ...shapeSources,
  ...brokenSources,
];
