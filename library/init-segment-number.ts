/**
 * The segment number under which an init segment is asked for: a program's routes have a place for numbers of
 * segments, and no other. No film has so many.
 */
export const INIT_SEGMENT_NUMBER = 999_999_999;
