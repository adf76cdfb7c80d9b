import { styleText } from "node:util";

type Format = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Dresses text for people who look at a terminal, and leaves it alone for everybody else. */
export type Style = (format: Format, text: string) => string;

/** Colours where the stream is a terminal, unless NO_COLOR is set (no-color.org). */
export function styleFor(
  stream: { readonly isTTY?: boolean },
  environment: NodeJS.ProcessEnv = process.env,
): Style {
  const isDressed = stream.isTTY === true && !environment.NO_COLOR && environment.TERM !== "dumb";
  return isDressed ? (format, text) => styleText(format, text) : (_, text) => text;
}
