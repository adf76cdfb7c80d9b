export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/** Takes a stream of server-sent events piece by piece, wherever it is cut; gives the events that are whole. */
export function eventParser(): (text: string) => readonly ServerEvent[] {
  let rest = "";
  return (text) => {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop()!;
    return blocks.flatMap((block) => parseBlock(block) ?? []);
  };
}

/** Comments and ids are nothing to this page: whoever connects anew is told everything anew. */
function parseBlock(block: string): ServerEvent | undefined {
  const fields = block
    .split("\n")
    .map((line) => /^(\w+): ?(.*)$/.exec(line)?.slice(1) as [string, string] | undefined);
  const data = fields.flatMap((field) => (field?.[0] === "data" ? [field[1]] : []));
  if (data.length === 0) return undefined;
  const event = fields.find((field) => field?.[0] === "event")?.[1] ?? "message";
  return { event, data: data.join("\n") };
}
