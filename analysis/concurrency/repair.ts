// How much room repairs a channel. Trying the fix out does not tell: a channel whose capacity is computed has room in
// the model that is never used up, since whether it suffices is not known. Here it is as large as the collection.

import type { Node } from '../syntax/node.ts';
import { sizes } from './compare.ts';
import { budget, type Defect } from './defects.ts';
import { explore, type Verdict } from './explore.ts';
import { programOf } from './program.ts';

/**
 * Whether a channel with room for so much, or for one value of each element of a collection, takes a defect away and
 * brings no other one. False also if the model cannot see all that happens then.
 */
export function capacityRepairs(
  { code, root, verdict }: Defect,
  make: Node,
  capacity: number | 'size',
): boolean {
  const program = programOf(code);
  const behaviour = program.behaviourOf(root);
  return sizes.every((size) => {
    const before = explore(program, behaviour, { usual: size }, budget);
    const room = new Map([[make, capacity === 'size' ? size : capacity]]);
    const after = explore(program, behaviour, { usual: size }, budget, room);
    const isGone = !after.verdicts.some((v) => isSame(v, verdict));
    return after.complete && isGone && after.verdicts.every((v) => before.verdicts.some((b) => isSame(b, v)));
  });
}

function isSame(a: Verdict, b: Verdict): boolean {
  return a.kind === b.kind && a.call.at === b.call.at;
}
