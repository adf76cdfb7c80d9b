/** Names that promise a film or sound. The playlist URL works for any other name as well. */
const EXTENSIONS = new Set(
  (
    "3g2 3gp aac ac3 aif aiff alac ape asf avi caf divx dts dv eac3 f4v flac flv m2ts m2v m4a m4b m4v mka mkv " +
    "mov mp3 mp4 mpeg mpg mts mxf nut oga ogg ogm ogv opus rm rmvb tta ts vob w64 wav webm wma wmv wtv wv"
  ).split(" "),
);

export function hasFilmEnding(name: string): boolean {
  const dot = name.lastIndexOf(".");
  return dot > 0 && EXTENSIONS.has(name.slice(dot + 1).toLowerCase());
}
