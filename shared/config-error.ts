/** A setting that stops the start: which one, what is wrong with it, what to do. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}
