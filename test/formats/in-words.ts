const LONGEST = 400;

/** An error on one line of a table. */
export function inWords(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // Commands come before what they said.
  const [, said] = /\nended with (.*)$/s.exec(message) ?? [];
  const line = (said ? `ended with ${said}` : message).replace(/\s+/g, " ").replaceAll("|", "/").trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line;
}
