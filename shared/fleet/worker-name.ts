/** What the operator calls a worker. @param claimant that, and what tells its processes apart: `w1/9b2d…`. */
export function workerName(claimant: string): string {
  const end = claimant.lastIndexOf("/");
  return end > 0 ? claimant.slice(0, end) : claimant;
}
