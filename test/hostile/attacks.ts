import { Buffer } from "node:buffer";

/** What attack files try to reach. */
export interface Targets {
  /** A film outside of the media folder. */
  readonly secret: string;
  /** A server on this machine that nobody may call. */
  readonly url: string;
}

export interface Attack {
  /** In the media folder. */
  readonly name: string;
  readonly content: (targets: Targets) => string | Buffer;
}

const hls = (address: string) =>
  `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n${address}\n#EXT-X-ENDLIST\n`;

const dash = (address: string) => `<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT4S" profiles="urn:mpeg:dash:profile:isoff-main:2011">
<Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1000"><BaseURL>${address}</BaseURL></Representation></AdaptationSet></Period></MPD>`;

const sdp = `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 45454 RTP/AVP 96\na=rtpmap:96 H264/90000\n`;

const imf = (address: string) => `<?xml version="1.0" encoding="UTF-8"?>
<CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas/2067-3/2016"><Id>urn:uuid:${address}</Id></CompositionPlaylist>`;

/** Files that make FFmpeg open other files or hosts where its lists are open; whatever they are called. */
export const attacks: readonly Attack[] = [
  { name: "hls-file.mp4", content: ({ secret }) => hls(`file://${secret}`) },
  { name: "hls-path.ts", content: ({ secret }) => hls(secret) },
  { name: "hls-passwd.avi", content: () => hls("file:///etc/passwd") },
  { name: "hls-http.mkv", content: ({ url }) => hls(`${url}a.ts`) },
  { name: "hls-http.m3u8", content: ({ url }) => hls(`${url}b.ts`) },
  { name: "hls-key.mp4", content: ({ secret, url }) => keyed(secret, url) },
  { name: "hls-concat.mp4", content: ({ secret, url }) => hls(`concat:${secret}|${url}c.ts`) },
  { name: "hls-subfile.mp4", content: ({ secret }) => hls(`subfile,,start,0,end,0,,:${secret}`) },
  { name: "hls-data.mp4", content: () => hls("data:video/mp2t;base64,R0dHRw==") },
  { name: "hls-master.mp4", content: ({ url }) => master(url) },
  { name: "hls-after-id3.mp3", content: ({ url }) => Buffer.concat([id3(), Buffer.from(hls(`${url}d.ts`))]) },
  { name: "concat.mkv", content: ({ secret }) => `ffconcat version 1.0\nfile '${secret}'\n` },
  { name: "concat-http.mp4", content: ({ url }) => `ffconcat version 1.0\nfile '${url}e.mp4'\n` },
  { name: "dash.mp4", content: ({ url }) => dash(`${url}f.mp4`) },
  { name: "dash-file.webm", content: ({ secret }) => dash(`file://${secret}`) },
  { name: "imf.mxf", content: ({ url }) => imf(url) },
  { name: "sdp.mp4", content: () => sdp },
  { name: "asf-redirect.wmv", content: ({ url }) => `[Reference]\r\nRef1=${url}g.wmv\r\n` },
  {
    name: "asx.asf",
    content: ({ url }) => `<asx version="3.0"><entry><ref href="${url}h.wmv"/></entry></asx>`,
  },
  { name: "real.rm", content: ({ url }) => `${url}i.rm\n` },
  { name: "smil.mp4", content: ({ url }) => `<smil><body><video src="${url}j.mp4"/></body></smil>` },
  {
    name: "vobsub.avi",
    content: () =>
      "# VobSub index file, v7 (do not modify this line!)\nid: en, index: 0\ntimestamp: 00:00:00:000, filepos: 000000000\n",
  },
  { name: "avisynth.avi", content: ({ secret }) => `FFmpegSource2("${secret}")\n` },
  {
    name: "vapoursynth.mkv",
    content: ({ secret }) => `import vapoursynth\nvapoursynth.core.ffms2.Source("${secret}").set_output()\n`,
  },
  { name: "ffmetadata.mp4", content: ({ secret }) => `;FFMETADATA1\ntitle=${secret}\n` },
  {
    name: "subtitles.mkv",
    content: ({ url }) => `WEBVTT\n\n00:00.000 --> 00:04.000\n<img src="${url}k.png">\n`,
  },
  { name: "picture%03d.jpg", content: () => jpeg },
  { name: "*.png", content: () => "\x89PNG\r\n\x1a\n" },
];

/** A key that lies elsewhere is fetched before any segment is. */
function keyed(secret: string, url: string): string {
  return `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXT-X-KEY:METHOD=AES-128,URI="${url}key"\n#EXTINF:9,\n${secret}\n#EXT-X-ENDLIST\n`;
}

function master(url: string): string {
  return `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${url}v.m3u8\n`;
}

/** An ID3v2 tag of 10 empty bytes, which FFmpeg skips before it looks what a file is. */
function id3(): Buffer {
  return Buffer.concat([Buffer.from("ID3\x04\0\0\0\0\0\x0a", "latin1"), Buffer.alloc(10)]);
}

/** Start of image, a comment, end of image. */
const jpeg = Buffer.from("ffd8fffe0004686affd9", "hex");
