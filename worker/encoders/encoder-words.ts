import { encoderName, type HardwareEncoder } from "../../shared/media/encoder.ts";

/** Parts of FFmpeg that only an encoder in hardware brings in. */
const SPEAKERS = /h264_(?:nvenc|qsv|vaapi|amf|videotoolbox)|AVHW(?:Device|Frames)Context|hwupload/;
const DEVICE_OPTIONS = /Device creation failed|for option '(?:vaapi_device|init_hw_device)'/;

/** What FFmpeg and drivers say, and what it means to whoever runs the machine. */
const MEANINGS: readonly (readonly [words: RegExp, meaning: string])[] = [
  [/Unknown encoder|Unrecognized option/, "this FFmpeg was built without it"],
  [
    /Cannot load (?:lib|nv)|DLL \S+ failed to open|va_getDriverName|libva error|init failed/i,
    "its driver is not installed, or can't be loaded",
  ],
  [
    /No (?:NVENC )?capable devices|no CUDA-capable device|No VA display|No such file|MFX session/i,
    "there is no such device, or this process may not open it",
  ],
  [/Permission denied/, "this process may not open its device"],
  [
    /OpenEncodeSessionEx failed|incompatible client key/,
    "its driver takes no more sessions, or has no memory for one",
  ],
  [/does not support the required nvenc API|minimum required Nvidia driver/, "its driver is too old"],
  [/out of memory|CUDA_ERROR_OUT_OF_MEMORY|allocation failed/i, "its device has no memory left"],
  [/device (?:failed|lost|removed)|GPU hang|Xid|CUDA_ERROR_/i, "its device was lost"],
];

/** Whether it is an encoder in hardware that FFmpeg complains of, and not the source. */
export function blamesEncoder(stderr: string): boolean {
  return SPEAKERS.test(stderr) || DEVICE_OPTIONS.test(stderr);
}

/** Why an encoder can't be used, as far as FFmpeg's complaints tell; with its own words. */
export function explainEncoder(family: HardwareEncoder, stderr: string): string {
  const lines = stderr.split("\n").map(withoutAddress).filter(Boolean);
  const known = lines.flatMap((line) => {
    const meaning = MEANINGS.find(([words]) => words.test(line));
    return meaning ? [{ line, meaning: meaning[1] }] : [];
  })[0];
  const name = encoderName(family);
  if (known) return `${name}: ${known.meaning} (FFmpeg: ${known.line})`;
  return lines[0] ? `${name}: FFmpeg says: ${lines[0]}` : `${name}: FFmpeg stopped without a word`;
}

/** `[h264_nvenc @ 0x55a9] Cannot load …` without who speaks, whose address is another one each time. */
function withoutAddress(line: string): string {
  return line.replace(/^(?:\[[^\]]*\] )+/, "").trim();
}
