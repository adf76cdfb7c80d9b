import { byId } from "../dom.ts";
import { ProblemError } from "../problem.ts";
import { callApi } from "./call-api.ts";

/** What `POST /api/prepare` and `GET /api/prepare/<id>` answer. */
interface Preparation {
  readonly id: string;
  readonly path: string;
  readonly state: "running" | "done" | "failed" | "cancelled";
  readonly made: number;
  readonly total: number;
}

const POLL_MS = 2000;

/** The buttons that have a title made in advance, or removed from storage. */
export class TitleActions {
  readonly #box = byId("title-actions", HTMLDivElement);
  readonly #prepare = byId("prepare", HTMLButtonElement);
  readonly #evict = byId("evict", HTMLButtonElement);
  readonly #outcome = byId("action-outcome", HTMLParagraphElement);
  #path = "";
  #running: Preparation | undefined;
  #timer = 0;

  constructor() {
    this.#prepare.addEventListener("click", () => void this.#attempt(() => this.#startOrCancel()));
    this.#evict.addEventListener("click", () => void this.#attempt(() => this.#remove()));
  }

  /** @param path of the title that is shown; none, no buttons. */
  show(path: string | undefined): void {
    this.#box.hidden = path === undefined;
    if (path === undefined || path === this.#path) return;
    this.#path = path;
    this.#track(undefined);
    this.#say("");
  }

  async #startOrCancel(): Promise<void> {
    const running = this.#running;
    if (!running)
      return this.#track(await callApi<Preparation>("POST", "/api/prepare", { path: this.#path }));
    await callApi("DELETE", `/api/prepare/${encodeURIComponent(running.id)}`);
    this.#track(undefined);
    this.#say("Cancelled. What was made stays.");
  }

  async #remove(): Promise<void> {
    if (!confirm(`Remove all that is made of “${this.#path}”? The film itself stays.`)) return;
    await callApi("DELETE", `/api/titles/${this.#path.split("/").map(encodeURIComponent).join("/")}`);
    this.#say("Removed. What somebody watches is made again.");
  }

  #track(preparation: Preparation | undefined): void {
    window.clearTimeout(this.#timer);
    this.#running = preparation?.state === "running" ? preparation : undefined;
    this.#prepare.textContent = this.#running ? "Cancel" : "Make all of it";
    if (!preparation) return;
    const { id, state, made, total } = preparation;
    const words = {
      running: "Being made",
      done: "Made",
      failed: "Not all could be made",
      cancelled: "Cancelled",
    };
    this.#say(`${words[state]}: ${made} of ${total}.`);
    if (!this.#running) return;
    const look = async () =>
      this.#track(await callApi<Preparation>("GET", `/api/prepare/${encodeURIComponent(id)}`));
    this.#timer = window.setTimeout(() => void this.#attempt(look), POLL_MS);
  }

  async #attempt(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const { title, detail } = error.problem;
      this.#say(`${title}: ${detail}`, true);
    }
  }

  #say(text: string, isBad = false): void {
    this.#outcome.textContent = text;
    this.#outcome.classList.toggle("bad", isBad);
  }
}
