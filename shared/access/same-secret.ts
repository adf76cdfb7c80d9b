const encoder = new TextEncoder();

/**
 * Compares byte by byte to the end, wherever the first difference is: how long it takes tells nothing of the secret.
 * @param wanted not empty.
 */
export function isSameSecret(given: string, wanted: string): boolean {
  const [asked, known] = [encoder.encode(given), encoder.encode(wanted)];
  return (
    asked.reduce(
      (difference, byte, position) => difference | (byte ^ known[position % known.length]!),
      asked.length ^ known.length,
    ) === 0
  );
}
