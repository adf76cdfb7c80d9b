import { expect, it } from "vitest";
import { spritePlan } from "../../../shared/media/sprite-plan.ts";
import { segmentSpan } from "../../../shared/media/timeline.ts";
import { planTitle } from "../../../shared/media/title.ts";
import { rational, ZERO } from "../../../shared/rational.ts";
import { iframesArgs } from "../../../worker/ffmpeg/iframe-args.ts";
import { screenshotArgs, spriteSheetArgs } from "../../../worker/ffmpeg/picture-args.ts";
import { exampleSource, exampleVideo } from "../../shared/media/example-source.ts";

/** Two minutes at 24000/1001 whose first frame comes a second after the container's start. */
const source = exampleSource({
  video: exampleVideo({ baseRate: rational(24000, 1001), start: rational(1), end: rational(121) }),
});
const title = await planTitle(source, { segmentSeconds: 4 });
const INPUT = "file:/media/a.mp4";

/** What says that a picture is BT.709, and no more of the screen that it was made for. */
const TAGS =
  "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709," +
  "sidedata=delete:MASTERING_DISPLAY_METADATA,sidedata=delete:CONTENT_LIGHT_LEVEL";

/** From the first option that is not the same for all inputs on. */
const own = (args: readonly string[]) => {
  const [front, back] = [
    args.slice(0, args.indexOf("-max_pixels")),
    args.slice(args.indexOf("-max_pixels") + 2),
  ];
  return [...(front.includes("nokey") ? ["-skip_frame:v", "nokey"] : []), ...back].join(" ");
};

it("the second sheet of sprites is read from its own first moment on, keyframes alone", () => {
  expect(own(spriteSheetArgs(INPUT, title, spritePlan(title)!, 1, 4))).toBe(
    "-skip_frame:v nokey -noaccurate_seek -ss 60.990000 -copyts -i file:/media/a.mp4 " +
      "-map 0:0 -an -sn -dn -filter_threads 1 -vf setpts=PTS-(101/100)/TB,tpad=stop=11508:stop_mode=clone," +
      "fps=1/2:round=up:start_time=60/1,trim=end_frame=30," +
      `scale=160:90:flags=bicubic+accurate_rnd+bitexact+full_chroma_int,setsar=1,format=yuv420p,${TAGS},` +
      "scale=in_color_matrix=bt709:in_range=tv:out_color_matrix=bt601:out_range=pc,format=yuvj420p,tile=6x5 " +
      "-frames:v 1 -threads:v 1 -map_metadata -1 -flags:v +bitexact -c:v mjpeg -q:v 4 -f image2pipe pipe:3",
  );
});

it("a screenshot is cut as a segment's first frame is", () => {
  const shot = { frame: 240, width: 640, format: "webp" } as const;
  const effort = { seekBack: ZERO, conceal: false };
  const args = screenshotArgs(INPUT, source, title.video[0]!, shot, { width: 640, height: 360 }, effort);
  expect(own(args)).toBe(
    "-noaccurate_seek -ss 11.020427 -copyts -i file:/media/a.mp4 " +
      "-map 0:0 -an -sn -dn -filter_threads 1 -vf setpts=round(PTS-(1/1)/TB),fps=24000/1001," +
      "tpad=stop=2:stop_mode=clone,trim=start_pts=240:end_pts=241," +
      `scale=640:360:flags=bicubic+accurate_rnd+bitexact+full_chroma_int,setsar=1,format=yuv420p,${TAGS},` +
      "scale=in_color_matrix=bt709:in_range=tv:out_color_matrix=bt601:out_range=tv,format=yuv420p " +
      "-frames:v 1 -threads:v 1 -map_metadata -1 -flags:v +bitexact -c:v libwebp -quality 80 -f image2pipe pipe:3",
  );
});

it("I-frames are those of the segments' borders, and one more that tells how long the last one lasts", () => {
  const [rendition] = title.iframes;
  const spans = [3, 4].map((index) => segmentSpan(rendition!.timeline, index)!);
  const args = iframesArgs(INPUT, title, rendition!, spans, 23);
  expect(args[args.indexOf("-vf") + 1]).toBe(
    "setpts=PTS-(101/100)/TB,tpad=stop=11508:stop_mode=clone,fps=24000/1001:round=up:start_time=1001/250," +
      "trim=end_pts=289,select=eq(pts\\,96)+eq(pts\\,192)+eq(pts\\,288)," +
      "scale=426:240:flags=bicubic+accurate_rnd+bitexact+full_chroma_int,setsar=1,format=yuv420p," +
      `${TAGS},setpts=PTS+2`,
  );
});
