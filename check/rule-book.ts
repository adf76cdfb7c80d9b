/** An error breaks players or a MUST of the RFC; a warning is a SHOULD, or an estimate that is off. */
export type Severity = "error" | "warning";

interface Rule {
  readonly severity: Severity;
  /** Of RFC 8216bis, unless another document is named. */
  readonly section: string;
  /** What is wrong, in a few words. */
  readonly title: string;
}

const error = (section: string, title: string): Rule => ({ severity: "error", section, title });
const warning = (section: string, title: string): Rule => ({ severity: "warning", section, title });

/** All that can be wrong with a stream, by code. */
export const rules = {
  "not-a-playlist": error("4.4.1.1", "does not begin with EXTM3U"),
  "playlist-empty": error("4.1", "has neither segments nor variants"),
  "playlist-mixed": error("4.1", "has tags of both kinds of playlist"),
  "tag-malformed": error("4.2", "a tag that can't be read"),
  "tag-duplicate": error("4.4", "a tag that may stand only once"),
  "attribute-missing": error("4.4.6", "a required attribute is missing"),
  "uri-missing": error("4.4.4.1", "a URI is missing"),
  "version-too-low": error("8", "uses what its version does not have"),
  "target-duration-missing": error("4.4.3.1", "EXT-X-TARGETDURATION is missing"),
  "target-duration-exceeded": error("4.4.3.1", "a segment is longer than the target duration"),
  // A MUST, but one that players of a stream that never grows do without.
  "target-duration-differs": warning("6.2.4", "media playlists have different target durations"),
  "endlist-missing": error("4.4.3.4", "EXT-X-ENDLIST is missing: it is not video on demand"),
  "group-missing": error("4.4.6.2", "names a group of renditions that is not there"),
  "name-duplicate": error("4.4.6.1.1", "two renditions of a group have one name"),
  "codecs-missing": warning("4.4.6.2", "CODECS is missing"),
  "resource-missing": error("6.2.1", "is not there"),
  "resource-failed": error("6.2.1", "can't be fetched"),
  "content-type": warning("4", "is served as something else"),
  "byte-range-outside": error("4.4.4.2", "a byte range that the resource does not have"),
  "map-missing": error("3.1.2", "fragmented MP4 without EXT-X-MAP"),
  "init-unreadable": error("3.1.2", "an init segment that can't be read"),
  "init-mismatch": error("3.1.2", "a segment that does not belong to its init segment"),
  "segment-unreadable": error("3.1", "a segment that can't be read"),
  "decode-time-missing": error("3.1.2", "a fragment without a decode time (tfdt)"),
  "extinf-wrong": error("4.4.4.1", "EXTINF is not how long the segment lasts"),
  "playlist-drift": error("4.4.4.1", "EXTINF adds up to another time than the media has"),
  gap: error("3", "media is missing between two segments"),
  overlap: error("3", "two segments have the same media"),
  "discontinuity-missing": error("4.4.4.3", "a change that needs EXT-X-DISCONTINUITY"),
  "segment-not-independent": error("4.4.2.1", "a segment that begins with no keyframe, though all are to"),
  "iframe-missing": error("4.4.3.6", "an I-frame segment that begins with no keyframe"),
  "codecs-wrong": error("4.4.6.2", "CODECS says something else than the media"),
  "resolution-wrong": error("4.4.6.2", "RESOLUTION says something else than the media"),
  "frame-rate-wrong": error("4.4.6.2", "FRAME-RATE says something else than the media"),
  "bandwidth-exceeded": error("4.4.6.2", "segments need more than BANDWIDTH"),
  "average-bandwidth-exceeded": warning("4.4.6.2", "segments need more than AVERAGE-BANDWIDTH"),
  "renditions-unaligned": error("6.2.4", "renditions are not in step"),
  "rendition-short": warning("6.2.4", "a rendition is shorter than the others"),
  "webvtt-malformed": error("3.1.4", "subtitles that are no WebVTT"),
  "timestamp-map-malformed": error("3.1.4", "an X-TIMESTAMP-MAP that can't be read"),
  "cue-outside": warning("3.1.4", "cues that lie outside their segment"),
  "decoder-complaint": error("3", "a decoder complains where segments meet"),
  "not-checked": warning("4.4.4.4", "can't be looked into"),
} as const satisfies Readonly<Record<string, Rule>>;

export type ViolationCode = keyof typeof rules;
