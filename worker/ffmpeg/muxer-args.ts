/**
 * One fragmented MP4 with one fragment, written to an extra pipe (file descriptor 3 + `output`).
 * @param sequence of the fragment, from 1 (ISO/IEC 14496-12 8.8.5).
 * @param init when the init segment is written.
 */
export function muxerArgs(
  output: number,
  sequence: number,
  timescale?: number,
  init: "at-once" | "after-packets" = "at-once",
): string[] {
  // What an AC-3 decoder must know stands in the first packet alone; no edit list then, which would move it.
  const more = init === "after-packets" ? ["+delay_moov", "-use_editlist", "0"] : [""];
  return containerArgs(output, sequence, timescale, more);
}

/** The same with a fragment for each frame, to the first extra pipe. @param sequence of the first. */
export function fragmentsArgs(sequence: number, timescale: number): string[] {
  return containerArgs(0, sequence, timescale, ["+frag_every_frame"]);
}

function containerArgs(
  output: number,
  sequence: number,
  timescale: number | undefined,
  [moreFlags, ...more]: readonly string[],
): string[] {
  return [
    ...["-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"],
    ...(timescale === undefined ? [] : ["-video_track_timescale", String(timescale)]),
    ...["-avoid_negative_ts", "disabled"],
    // frag_discont lets the fragment's clock begin at its first time stamp, not at 0. The cmaf flag would
    // make composition offsets negative: see REORDER_FRAMES.
    ...["-movflags", `+empty_moov+default_base_moof+frag_discont+skip_trailer${moreFlags}`],
    ...more,
    ...["-fragment_index", String(sequence)],
    // btrt would carry the segment's rate control into the init segment, which all segments share.
    ...["-write_btrt", "0", "-f", "mp4", `pipe:${3 + output}`],
  ];
}
