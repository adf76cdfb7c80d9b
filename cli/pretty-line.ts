const LEVELS: Readonly<Record<number, readonly [name: string, colour: number]>> = {
  20: ["DEBUG", 90],
  30: ["INFO", 32],
  40: ["WARN", 33],
  50: ["ERROR", 31],
};
/** What needs no quotes: nothing in it could be taken for the end of a value, or for a command to a terminal. */
const PLAIN = /^[\w./:+@-]+$/;

/**
 * An event of the log as one line for people: `12:30:01.250 WARN  job failed title=film.mkv segment=v720/3 …`.
 * @param line the event as a line of JSON; anything else is left as it is.
 * @param colours whether a terminal shows it.
 */
export function prettyLine(line: string, colours: boolean): string {
  const event = readEvent(line);
  if (!event) return line;
  const { level, time, msg, ...fields } = event;
  const [name, colour] = LEVELS[Number(level)] ?? ["LOG", 0];
  const paint = (text: string, code: number) => (colours ? `\x1b[${code}m${text}\x1b[0m` : text);
  const pairs = Object.entries(fields).map(([key, value]) => `${paint(`${key}=`, 90)}${formatValue(value)}`);
  const clock = String(time).slice(11, 23);
  return `${[paint(clock, 90), paint(name.padEnd(5), colour), String(msg), ...pairs].join(" ")}\n`;
}

function formatValue(value: unknown): string {
  if (typeof value === "string" && PLAIN.test(value)) return value;
  // JSON leaves the second range of control characters as they are; a file may be called anything.
  return JSON.stringify(value).replace(
    /[\x7f-\x9f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function readEvent(line: string): Record<string, unknown> | undefined {
  try {
    const event: unknown = JSON.parse(line);
    return typeof event === "object" && event !== null ? (event as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
