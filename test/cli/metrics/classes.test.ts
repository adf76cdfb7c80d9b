import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { objectClass } from "../../../cli/metrics/rendition-class.ts";
import { commandClass, routeClass } from "../../../cli/metrics/route-class.ts";
import { assetObject, sourceInfoObject, titleObject } from "../../../shared/storage/object-name.ts";

const KEY = "0123456789abcdef0123456789abcdef";

describe("an object in storage is of a class", () => {
  it.each([
    [titleObject(KEY, "v720", "0.m4s"), "video", "720p", true],
    [titleObject(KEY, "v720", "init.mp4"), "video", "720p", false],
    [titleObject(KEY, "v118", "7.m4s"), "video", "smaller", true],
    [titleObject(KEY, "i240", "16.m4s"), "iframe", "240p", true],
    [titleObject(KEY, "a0", "4.m4s"), "audio", "stereo", true],
    [titleObject(KEY, "m11", "4.m4s"), "audio", "surround", true],
    [titleObject(KEY, "d2", "4.m4s"), "audio", "copied", true],
    [titleObject(KEY, "o0", "4.m4s"), "original", "", true],
    [assetObject(KEY, "o0/index.json"), "original", "", false],
    [assetObject(KEY, "t0/cues.vtt"), "subtitles", "", false],
    [assetObject(KEY, "x0123abcd/cues.vtt"), "subtitles", "", false],
    [assetObject(KEY, "poster.jpg"), "picture", "", false],
    [assetObject(KEY, "sprites/0.jpg"), "picture", "", false],
    [assetObject(KEY, "screenshots/12-640.avif"), "picture", "", false],
    [sourceInfoObject("abcd"), "source", "", false],
    ["elsewhere", "other", "", false],
  ])("%s", (name, media, rung, isMediaSegment) => {
    expect(objectClass(name)).toEqual({ media, rung, isMediaSegment });
  });

  it("of few, whatever it is called", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.string(), fc.nat(9999), (letter, number) => {
        const { media, rung } = objectClass(titleObject(KEY, `${letter}${number}`, "0.m4s"));
        seen.add(`${media} ${rung}`);
      }),
    );
    expect(seen.size).toBeLessThan(25);
  });
});

describe("a request is of a class", () => {
  it.each([
    ["/hls/a%20film.mkv/master.m3u8?token=x.mp4", "playlist"],
    ["/hls/film.mkv/key/v720/0.m4s", "segment"],
    ["/hls/film.mkv/key/v720/init.mp4", "segment"],
    ["/hls/film.mkv/key/t0/0.vtt", "subtitles"],
    ["/hls/film.mkv/screenshot?at=12.5", "picture"],
    ["/hls/film.mkv/poster.jpg", "picture"],
    ["/hls/film.mkv/title.json", "description"],
    ["/hls/film.mkv/constructor", "other"],
    ["/hls/film.constructor", "other"],
    ["/api/titles", "api"],
    ["/api/fleet/events", "events"],
    ["/metrics", "metrics"],
    ["/readyz", "health"],
    ["/", "page"],
    ["/app.js", "page"],
    ["/wp-admin/setup.php", "other"],
    ["", "other"],
  ])("%s", (target, expected) => {
    expect(routeClass(target)).toBe(expected);
  });

  it("of a gateway, a command", () => {
    expect(["/pipeline", "/get/a", "/subscribe/a", "/psubscribe/a*", "/metrics"].map(commandClass)).toEqual([
      ...["command", "command", "events", "events", "metrics"],
    ]);
  });
});
