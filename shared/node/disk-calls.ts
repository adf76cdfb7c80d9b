/** A disk, or a mount, did not answer in time. */
export class DiskTimeoutError extends Error {
  override readonly name = "DiskTimeoutError";
}

interface DiskCallsOptions {
  /** How many calls may be under way; the rest wait for their turn. */
  readonly atOnce: number;
  /** How long a call may take, its turn included, milliseconds. */
  readonly timeoutMs: number;
}

let hangingCalls = 0;

/** Calls that were given up, and still hang, on all disks. Such a process can't exit: only a signal ends it. */
export function hangingDiskCalls(): number {
  return hangingCalls;
}

/**
 * Calls of the file system on a disk that may stop answering, as a network mount does. Nothing can end such a
 * call, and each holds one of the few threads (libuv's four) that all files of this process are read with. So
 * only `atOnce` of them are ever begun, and while that many hang, further ones fail at once: the other threads
 * stay free. A call that hung and is answered after all gives its place back.
 */
export class DiskCalls {
  readonly #options: DiskCallsOptions;
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;
  #hanging = 0;

  constructor(options: DiskCallsOptions) {
    this.#options = options;
  }

  /** Of this disk. */
  get hanging(): number {
    return this.#hanging;
  }

  /** @throws DiskTimeoutError where no answer comes in time, and what the call itself throws. */
  run<T>(call: () => Promise<T>): Promise<T> {
    const { atOnce, timeoutMs } = this.#options;
    if (this.#hanging >= atOnce) {
      return Promise.reject(new DiskTimeoutError(`${this.#hanging} earlier calls have no answer yet`));
    }
    return new Promise<T>((resolve, reject) => {
      let state: "waiting" | "under way" | "given up" = "waiting";
      const begin = () => {
        state = "under way";
        this.#underWay += 1;
        call()
          .then(resolve, reject)
          .finally(() => {
            clearTimeout(timer);
            if (state === "given up") this.#countHanging(-1);
            this.#underWay -= 1;
            this.#waiting.shift()?.();
          });
      };
      const timer = setTimeout(() => {
        if (state === "waiting") this.#waiting.splice(this.#waiting.indexOf(begin), 1);
        else this.#countHanging(1);
        state = "given up";
        reject(new DiskTimeoutError(`no answer within ${timeoutMs} ms`));
      }, timeoutMs);
      if (this.#underWay < atOnce) begin();
      else this.#waiting.push(begin);
    });
  }

  #countHanging(more: 1 | -1): void {
    this.#hanging += more;
    hangingCalls += more;
  }
}

/** Of the media folder, for the whole process: half of libuv's threads, as the threads are the process's, too. */
export const mediaDisk = new DiskCalls({ atOnce: 2, timeoutMs: 10_000 });
