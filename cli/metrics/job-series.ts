import { Counter, Histogram, type Registry } from "prom-client";
import type { Handlers } from "./handlers.ts";
import { renditionClass } from "./rendition-class.ts";
import { seconds } from "./seconds.ts";

const JOB_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 300];
/** Below 1 a film can't be watched as one worker makes it. */
const SPEED_BUCKETS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4, 6, 8, 12, 16, 32, 64];

type Kinds = "job-ended" | "encoded" | "fragment-checked" | "program-ended";

/** What a worker does with its jobs. */
export function jobSeries(registry: Registry): Handlers<Kinds> {
  const registers = [registry];
  const jobs = new Histogram({
    name: "seamline_job_seconds",
    help: "How long jobs took, by kind and end: done, refused, lost, cancelled, left-run, stepped-back, shutdown, dismissed, or the code of what went wrong",
    labelNames: ["job", "end"],
    buckets: JOB_BUCKETS,
    registers,
  });
  const speed = new Histogram({
    name: "seamline_encode_speed_ratio",
    help: "Seconds of film encoded a second, by media, rung (of a run its largest) and mode (alone, or run)",
    labelNames: ["media", "rung", "mode"],
    buckets: SPEED_BUCKETS,
    registers,
  });
  const checks = new Counter({
    name: "seamline_fragment_checks_total",
    help: "Fragments that were held against the plan after FFmpeg had made them, by result: as-planned or refused",
    labelNames: ["result"],
    registers,
  });
  const programs = new Histogram({
    name: "seamline_program_seconds",
    help: "How long ffmpeg and ffprobe ran, by how they ended: exited by themselves, or killed as cancelled, timeout, stalled or output (too much of it); failed where they could not be run",
    labelNames: ["program", "end"],
    buckets: JOB_BUCKETS,
    registers,
  });
  for (const result of ["as-planned", "refused"]) checks.inc({ result }, 0);
  return {
    "job-ended": ({ job, end, ms }) => jobs.observe({ job, end }, seconds(ms)),
    encoded({ rendition, filmSeconds, inRun, ms }) {
      const labels = { ...renditionClass(rendition), mode: inRun ? "run" : "alone" };
      speed.observe(labels, filmSeconds / seconds(ms));
    },
    "fragment-checked": ({ asPlanned }) => checks.inc({ result: asPlanned ? "as-planned" : "refused" }),
    "program-ended": ({ program, end, ms }) => programs.observe({ program, end }, seconds(ms)),
  };
}
