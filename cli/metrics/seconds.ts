/** Prometheus counts in base units. */
export function seconds(ms: number): number {
  return ms / 1000;
}
