import { rules, type Severity, type ViolationCode } from "./rule-book.ts";

/** Where something is wrong. */
export interface Place {
  readonly url: string;
  /** Of the playlist at that URL, from 1. */
  readonly line?: number | undefined;
  /** Position in its media playlist, from 0. */
  readonly segment?: number | undefined;
}

/** What a rule found. */
export interface Finding {
  readonly code: ViolationCode;
  readonly place: Place;
  readonly expected: string;
  readonly found: string;
}

export interface Violation extends Finding {
  readonly severity: Severity;
  /** Such as `RFC 8216bis 4.4.3.1`. */
  readonly section: string;
  /** What is wrong, in a few words. */
  readonly title: string;
}

export function toViolation(finding: Finding): Violation {
  const { severity, section, title } = rules[finding.code];
  return { ...finding, severity, section: `RFC 8216bis ${section}`, title };
}
