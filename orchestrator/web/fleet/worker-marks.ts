/** How a worker is marked wherever it appears: by a letter and, for those who see it, by a colour. */
export interface WorkerMark {
  readonly letter: string;
  /** 0 to 7: `--worker-0` and so on. */
  readonly colour: number;
}

export const WORKER_COLOURS = 8;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** Marks workers in the order in which they are first seen; each keeps its mark. */
export class WorkerMarks {
  readonly #marks = new Map<string, WorkerMark>();

  of(worker: string): WorkerMark {
    const known = this.#marks.get(worker);
    if (known) return known;
    const place = this.#marks.size;
    const mark = { letter: LETTERS[place % LETTERS.length]!, colour: place % WORKER_COLOURS };
    this.#marks.set(worker, mark);
    return mark;
  }
}
