import { randomNumbers } from "./random-numbers.ts";

/** The values in an order that the seed decides (Fisher and Yates). */
export function shuffle<T>(values: readonly T[], seed: number): T[] {
  const shuffled = [...values];
  const random = randomNumbers(seed);
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
  }
  return shuffled;
}
