/** A family of series as Prometheus' text format has it. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Sample {
  /** With `_bucket`, `_sum` or `_count` where it is a histogram's. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Scrape {
  readonly text: string;
  readonly families: readonly Family[];
  /** The sum of the samples of that name that have these labels; undefined where there is none. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
}

/** @param url ends in `/`. */
export async function scrape(url: string, token: string): Promise<Scrape> {
  const response = await fetch(`${url}metrics`, { headers: { authorization: `Bearer ${token}` } });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status} ${text}`);
  return parseScrape(text);
}

function parseScrape(text: string): Scrape {
  const families: { name: string; type: string; help: string; samples: Sample[] }[] = [];
  for (const line of text.split("\n")) {
    const [, key, name, rest] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (key === "HELP") families.push({ name: name!, type: "", help: rest!, samples: [] });
    else if (key === "TYPE") families.at(-1)!.type = rest!;
    else if (line !== "") families.at(-1)!.samples.push(parseSample(line));
  }
  const samples = families.flatMap((family) => family.samples);
  return {
    text,
    families,
    sum(name, labels = {}) {
      const wanted = Object.entries(labels);
      const found = samples.filter(
        (sample) => sample.name === name && wanted.every(([key, value]) => sample.labels[key] === value),
      );
      return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
    },
  };
}

function parseSample(line: string): Sample {
  const match = /^([\w:]+)(?:\{(.*)\})? (\S+)$/.exec(line);
  if (!match) throw new Error(`no sample: ${line}`);
  const [, name, labels = "", value] = match;
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key!, text!]);
  return { name: name!, labels: Object.fromEntries(pairs), value: Number(value) };
}
