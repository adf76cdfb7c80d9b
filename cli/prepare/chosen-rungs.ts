import { ConfigError } from "../../shared/config.ts";
import type { Title } from "../../shared/media/title.ts";

/**
 * The same title, or with some of its rungs and not the original.
 * @param names such as `360p,720p`; undefined for all.
 */
export function withRungs(whole: Title, names: string | undefined): Title {
  if (names === undefined) return whole;
  const { copy: _, ...title } = whole;
  const wanted = names.split(",").map((name) => name.trim());
  const known = title.video.map(({ rung }) => rung.name);
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const others = known.length > 0 ? `: it has ${known.join(", ")}` : ", since it has no picture";
    throw new ConfigError(`--rungs ${names}: “${title.source.path}” has no ${unknown.join(", ")}${others}.`);
  }
  return {
    ...title,
    video: title.video.filter(({ rung }) => wanted.includes(rung.name)),
    iframes: title.iframes.filter(({ rung }) => wanted.includes(rung.name)),
  };
}
