/** The page's own element of that id. @throws TypeError when index.html and the scripts disagree. */
export function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new TypeError(`index.html has no <${kind.name}> with the id ${id}`);
  return found;
}

/** A new element; strings become text, never markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const created = document.createElement(tag);
  if (className !== "") created.className = className;
  created.append(...children);
  return created;
}

export function button(label: string, onClick: () => void): HTMLButtonElement {
  const created = element("button", "button", label);
  created.type = "button";
  created.addEventListener("click", onClick);
  return created;
}
