import { burst, flash, markerFrames, strip, stripCells } from "./frame-marks.ts";

/** Numbered pictures: `frames` frames at `rate` (frames per second, a fraction), displayed at width x height pixels. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rate: { readonly num: number; readonly den: number };
  readonly frames: number;
  /** The moving background comes at twice the rate and is woven into top-field-first frames. */
  readonly interlaced?: boolean;
  /** Frames from one flash to the next; two seconds unless it is given. */
  readonly markerFrames?: number;
  /** Filters after the marks are drawn: the storage format, dropped frames, the sample aspect ratio. */
  readonly after?: string;
}

/** Sound from `start` to `end` (seconds of the video clock) at `rate` Hz. `pitch` tells two tracks apart. */
export interface Sound {
  readonly rate: number;
  readonly layout: "stereo" | "5.1";
  readonly start: number;
  readonly end: number;
  readonly pitch: number;
  /** Seconds from one burst to the next, a whole number of samples. */
  readonly markerSeconds: number;
}

/** The lavfi graph of a numbered picture. */
export function pictureGraph(picture: Picture): string {
  const { width, height, rate, frames } = picture;
  const speed = `${rate.num}/${rate.den}`;
  const background = picture.interlaced
    ? `testsrc2=size=${width}x${height}:rate=${2 * rate.num}/${rate.den},interlace=scan=tff`
    : `testsrc2=size=${width}x${height}:rate=${speed}`;
  const box = [
    `x=${Math.round(flash.x * width)}`,
    `y=${Math.round(flash.y * height)}`,
    `w=${Math.round(flash.width * width)}`,
    `h=${Math.round(flash.height * height)}`,
    "t=fill",
  ].join(":");
  const cells = `${Math.round(strip.width * width)}:${Math.round(strip.height * height)}:flags=neighbor`;
  return [
    `${background},drawbox=${box}:c=black,drawbox=${box}:c=white:enable='not(mod(n,${picture.markerFrames ?? markerFrames(rate)}))'[moving]`,
    // One pixel a cell, enlarged: far cheaper than twelve boxes on the full picture.
    `color=s=${stripCells}x1:r=${speed},format=gray,geq=lum='255*mod(floor(N/pow(2,X)),2)',scale=${cells}[strip]`,
    `[moving][strip]overlay=0:0,trim=end_frame=${frames}${picture.after ? `,${picture.after}` : ""}`,
  ].join(";");
}

/**
 * The lavfi graph of a sound: in each channel three slowly moving sines below 1.5 kHz that peak together at
 * -12 dBFS, different in every channel, and the marker bursts (in all but the low frequency channel).
 */
export function soundGraph(sound: Sound): string {
  const channels = sound.layout === "5.1" ? 6 : 2;
  const expressions = Array.from({ length: channels }, (_, channel) => channelExpression(sound, channel));
  const layout = sound.layout === "5.1" ? "5.1" : "stereo";
  const graph = `aevalsrc=exprs='${expressions.join("|")}':c=${layout}:s=${sound.rate}:d=${sound.end}`;
  return sound.start > 0 ? `${graph},atrim=start_sample=${Math.round(sound.start * sound.rate)}` : graph;
}

function channelExpression(sound: Sound, channel: number): string {
  const base = sound.pitch * (1 + channel / 16);
  if (channel === 3) return `0.1*sin(2*PI*${55 * base}*t)`;
  const tones = [
    `0.12*sin(2*PI*(${220 * base}*t+2*t*t))`,
    `0.08*sin(2*PI*(${470 * base}*t+40*sin(0.3*t)))`,
    `0.05*sin(2*PI*(${810 * base}*t-1.5*t*t))`,
  ];
  const slope = (burst.toHz - burst.fromHz) / burst.seconds;
  const period = Math.round(sound.markerSeconds * sound.rate);
  // st() keeps the seconds since the last marker, counted in samples because mod(t,2) is not exact.
  const chirp =
    `st(0,mod(n,${period})/${sound.rate});` +
    `lt(ld(0),${burst.seconds})*${burst.amplitude}*sin(2*PI*(${burst.fromHz}*ld(0)+${slope / 2}*ld(0)*ld(0)))`;
  return `${chirp}+${tones.join("+")}`;
}
