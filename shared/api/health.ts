import * as z from "zod";

export const healthSchema = z.object({ status: z.literal("ok") });

const status = z.enum(["ok", "unavailable"]);

export const readinessSchema = z
  .object({
    status,
    dependencies: z
      .array(
        z.object({
          name: z.string(),
          status,
          reason: z.string().exactOptional().describe("For administrators."),
        }),
      )
      .readonly(),
  })
  .meta({ id: "Readiness" });

export type Readiness = z.infer<typeof readinessSchema>;
