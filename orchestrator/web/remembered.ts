/**
 * What this browser remembers of its viewer. A browser may refuse to store anything, or throw at the mere
 * question; then nothing is remembered, and nobody is bothered with it.
 */
export function readRemembered(name: string): string | undefined {
  try {
    return localStorage.getItem(PREFIX + name) ?? undefined;
  } catch {
    return undefined;
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // full, or forbidden
  }
}

const PREFIX = "seamline:";
