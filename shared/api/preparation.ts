import * as z from "zod";
import { problemSchema } from "./problem-codes.ts";

/** Seconds on the title's clock; no title is longer than a month. */
const seconds = z.number().nonnegative().max(2_678_400);
const rungs = z.array(z.string().max(16)).readonly();

/** What is to be made before anybody watches it. */
export const preparationRequestSchema = z
  .strictObject({
    path: z.string().min(1).max(4096).describe("The title's path, as `/api/titles` lists it, not encoded."),
    rungs: rungs
      .unwrap()
      .min(1)
      .max(16)
      .readonly()
      .exactOptional()
      .describe("Names such as `360p`; without them, all rungs of the title."),
    from: seconds.exactOptional().describe("Seconds; without it, the beginning."),
    to: seconds.exactOptional().describe("Seconds; without it, the end."),
  })
  .meta({ id: "PreparationRequest" });

export const preparationStates = ["queued", "running", "done", "failed", "cancelled"] as const;

export const preparationSchema = z
  .object({
    id: z
      .string()
      .regex(/^[0-9a-f]{32}$/)
      .describe("The same for the same title, rungs and range."),
    path: z.string(),
    titleKey: z.string().describe("The key of the title as its source was then."),
    rungs: rungs.describe("Names of the rungs that are made; none where there is no picture."),
    from: z.number().describe("Seconds."),
    to: z.number().describe("Seconds."),
    state: z
      .enum(preparationStates)
      .describe("`queued` until its turn comes; the last three are final, until somebody asks for it anew."),
    made: z.int().nonnegative().describe("Parts that storage has: segments and subtitles."),
    total: z.int().nonnegative(),
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().exactOptional(),
    problem: problemSchema.pick({ code: true, detail: true }).exactOptional().describe("Why it failed."),
  })
  .meta({ id: "Preparation" });

export const preparationListSchema = z
  .object({ preparations: z.array(preparationSchema).readonly().describe("The latest first.") })
  .meta({ id: "PreparationList" });

export type PreparationRequest = z.infer<typeof preparationRequestSchema>;
export type Preparation = z.infer<typeof preparationSchema>;
export type PreparationState = Preparation["state"];

/** Whether nothing more comes of it by itself. */
export function hasEnded({ state }: Pick<Preparation, "state">): boolean {
  return state === "done" || state === "failed" || state === "cancelled";
}
