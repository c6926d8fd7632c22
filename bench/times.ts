/** The median, the 95th percentile and the longest of times in milliseconds. */
export function shownTimes(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => `${(sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(2)} ms`;
  return `p50 ${at(0.5)}, p95 ${at(0.95)}, longest ${(sorted.at(-1) ?? 0).toFixed(2)} ms`;
}
