import { element } from "./dom.ts";
import type { Problem } from "./problem.ts";

/** A message that stands where the content would be, with what to do about it. */
export function renderNotice(title: string, detail: string, ...actions: readonly HTMLElement[]): HTMLElement {
  const notice = element("div", "notice", element("h2", "", title));
  if (detail !== "") notice.append(element("p", "", detail));
  if (actions.length > 0) notice.append(element("div", "actions", ...actions));
  return notice;
}

/** The same for a problem; its code and status help whoever reads the server's log. */
export function renderProblem(problem: Problem, ...actions: readonly HTMLElement[]): HTMLElement {
  const notice = renderNotice(problem.title, problem.detail, ...actions);
  notice.setAttribute("role", "alert");
  const reference = [problem.code, problem.status && `HTTP ${problem.status}`].filter(Boolean).join(" · ");
  if (reference !== "") notice.append(element("p", "reference", reference));
  return notice;
}
