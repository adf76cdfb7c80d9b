import type { Chapter, TitleDescription } from "./api.ts";

/**
 * Gives the seek bar its pictures and chapters: as tracks of the video, where the controls look for them.
 * @returns takes them away again.
 */
export function addFilmTracks(video: HTMLVideoElement, description: TitleDescription): () => void {
  const tracks = [
    ...(description.thumbnails === undefined ? [] : [thumbnailTrack(description.thumbnails)]),
    ...(description.chapters.length === 0 ? [] : [chapterTrack(description.chapters)]),
  ];
  video.append(...tracks);
  // Hidden is loaded and not shown; a track outside of a video can't be.
  for (const { track } of tracks) track.mode = "hidden";
  return () => {
    for (const track of tracks) track.remove();
  };
}

function thumbnailTrack(url: string): HTMLTrackElement {
  const track = document.createElement("track");
  track.kind = "metadata";
  track.label = "thumbnails";
  track.src = url;
  return track;
}

function chapterTrack(chapters: readonly Chapter[]): HTMLTrackElement {
  const element = document.createElement("track");
  element.kind = "chapters";
  // Without a document to load, a track has failed, and is emptied.
  element.src = "data:,WEBVTT";
  const fill = (): void => {
    const { track } = element;
    for (const { startMs, endMs, title } of chapters) {
      track.addCue(new VTTCue(startMs / 1000, endMs / 1000, escapeCue(title)));
    }
    // Whoever looks at chapters looks when a track changes.
    track.mode = "disabled";
    track.mode = "hidden";
  };
  element.addEventListener("load", fill, { once: true });
  return element;
}

function escapeCue(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
