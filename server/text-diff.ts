// The smallest edits, by whole lines and then trimmed to characters, that turn one text into another.

/** Replaces the UTF-16 range [start, end) of the old text. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
}

/** Beyond this many inserted and deleted lines, what differs is replaced as one piece. */
const patience = 500;

/** The changes from one text to another, in order; text outside of them is the same. */
export function changesBetween(from: string, to: string): readonly Change[] {
  const a = linesOf(from);
  const b = linesOf(to);
  let prefix = 0;
  while (prefix < a.length && prefix < b.length && a[prefix] === b[prefix]) prefix++;
  let suffix = 0;
  const most = Math.min(a.length, b.length) - prefix;
  while (suffix < most && a[a.length - 1 - suffix] === b[b.length - 1 - suffix]) suffix++;
  const starts = [0];
  for (const line of a) starts.push((starts.at(-1) ?? 0) + line.length);
  const inner = hunks(a.slice(prefix, a.length - suffix), b.slice(prefix, b.length - suffix));
  return inner.map(({ from: [x0, x1], to: [y0, y1] }) => {
    const old = a.slice(prefix + x0, prefix + x1).join('');
    return trimmed(starts[prefix + x0] ?? 0, old, b.slice(prefix + y0, prefix + y1).join(''));
  });
}

interface Hunk {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
}

/** Myers' greedy algorithm: the furthest point reached on each diagonal, kept for every number of differences. */
function hunks(a: readonly string[], b: readonly string[]): readonly Hunk[] {
  const limit = Math.min(a.length + b.length, patience);
  const trace: Int32Array[] = [];
  let furthest = new Int32Array(2 * limit + 3);
  for (let d = 0; d <= limit; d++) {
    trace.push(furthest);
    furthest = furthest.slice();
    for (let k = -d; k <= d; k += 2) {
      let x = stepsDown(furthest, k, d, limit) ? at(furthest, k + 1, limit) : at(furthest, k - 1, limit) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      furthest[k + limit + 1] = x;
      if (x >= a.length && x - k >= b.length) return walkBack(trace, a.length, b.length, limit);
    }
  }
  return [{ from: [0, a.length], to: [0, b.length] }];
}

function at(furthest: Int32Array, k: number, limit: number): number {
  return furthest[k + limit + 1] ?? 0;
}

function stepsDown(furthest: Int32Array, k: number, d: number, limit: number): boolean {
  return k === -d || (k !== d && at(furthest, k - 1, limit) < at(furthest, k + 1, limit));
}

function walkBack(trace: readonly Int32Array[], aEnd: number, bEnd: number, limit: number): readonly Hunk[] {
  const found: Hunk[] = [];
  let x = aEnd;
  let y = bEnd;
  for (let d = trace.length - 1; d > 0; d--) {
    const furthest = trace[d] as Int32Array;
    const k = x - y;
    const previous = stepsDown(furthest, k, d, limit) ? k + 1 : k - 1;
    const fromX = at(furthest, previous, limit);
    const fromY = fromX - previous;
    const toX = previous < k ? fromX + 1 : fromX;
    const toY = previous < k ? fromY : fromY + 1;
    const next = found.at(-1);
    if (next && next.from[0] === toX && next.to[0] === toY) {
      found[found.length - 1] = { from: [fromX, next.from[1]], to: [fromY, next.to[1]] };
    } else found.push({ from: [fromX, toX], to: [fromY, toY] });
    x = fromX;
    y = fromY;
  }
  return found.reverse();
}

/** Leaves out what both texts begin and end with, without cutting a surrogate pair or a CRLF in two. */
function trimmed(start: number, old: string, fresh: string): Change {
  let prefix = 0;
  const most = Math.min(old.length, fresh.length);
  while (prefix < most && old[prefix] === fresh[prefix]) prefix++;
  while (prefix > 0 && (splits(old, prefix) || splits(fresh, prefix))) prefix--;
  let suffix = 0;
  while (suffix < most - prefix && old.at(-1 - suffix) === fresh.at(-1 - suffix)) suffix++;
  while (suffix > 0 && (splits(old, old.length - suffix) || splits(fresh, fresh.length - suffix))) suffix--;
  return {
    start: start + prefix,
    end: start + old.length - suffix,
    newText: fresh.slice(prefix, fresh.length - suffix),
  };
}

function splits(text: string, index: number): boolean {
  return /^(?:[\uD800-\uDBFF][\uDC00-\uDFFF]|\r\n)$/.test(text.slice(index - 1, index + 1));
}

/** The lines with their line ends. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
