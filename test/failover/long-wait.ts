/**
 * How long a fleet of these tests keeps anybody waiting. What takes long on a machine that others have is no fault of a
 * fleet whose workers are killed; that somebody is forgotten is one.
 */
export const LONG_WAIT = { SEGMENT_WAIT_MS: "110000" } as const;
