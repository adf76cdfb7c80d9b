import { expect, it } from "vitest";
import { formatTraceparent, parseTraceparent } from "../../../cli/tracing/traceparent.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

it("a traceparent is read and printed as W3C Trace Context has it", () => {
  const context = parseTraceparent(`00-${TRACE}-${SPAN}-01`)!;
  expect(context).toEqual({ traceId: TRACE, spanId: SPAN, traceFlags: 1, isRemote: true });
  expect(formatTraceparent(context)).toBe(`00-${TRACE}-${SPAN}-01`);
  expect(parseTraceparent(`cc-${TRACE}-${SPAN}-00-what-will-be`)).toMatchObject({ traceFlags: 0 });
});

it.each([
  ["nothing", ""],
  ["a version that there can't be", `ff-${TRACE}-${SPAN}-01`],
  ["no trace", `00-${"0".repeat(32)}-${SPAN}-01`],
  ["no span", `00-${TRACE}-${"0".repeat(16)}-01`],
  ["capitals", `00-${TRACE.toUpperCase()}-${SPAN}-01`],
  ["too much", `00-${TRACE}-${SPAN}-0123`],
])("a traceparent of %s begins no trace", (_, header) => {
  expect(parseTraceparent(header)).toBeUndefined();
});
