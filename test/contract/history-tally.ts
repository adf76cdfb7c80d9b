/** What the histories of a run came to. */
export class Tally {
  histories = 0;
  steps = 0;
  leases = 0;
  seconds = 0;
  commits = 0;
  mishaps = 0;
  lost = 0;
  twoHolders = 0;
  staleCommits = 0;

  toString(): string {
    const { histories, steps, leases, seconds, commits, mishaps, lost, twoHolders, staleCommits } = this;
    return (
      `${histories} histories, ${steps} steps, ${mishaps} mishaps, ${leases} leases, ${seconds} second ones, ` +
      `${commits} commits: ` +
      `${lost} jobs lost, ${twoHolders} with two holders, ${staleCommits} stale commits accepted`
    );
  }
}
