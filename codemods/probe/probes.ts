// All probes.

import { nearest } from '../../analysis/node/nearest.ts';
import { UsageError } from '../problem.ts';
import { goroutineCount } from './goroutine-count.ts';
import { goroutineId } from './goroutine-id.ts';
import { leakCheckFor } from './leak-check.ts';
import { pprof } from './pprof.ts';
import type { Probe } from './probe.ts';
import { stackDump } from './stack-dump.ts';

/** In the order in which they are listed. The leak check is that of a package with neither TestMain nor goleak. */
export const probes: readonly Probe[] = [
  goroutineCount,
  stackDump,
  pprof,
  leakCheckFor({ testMain: false, goleak: false }),
  goroutineId,
];

/** The probe itself; throws a UsageError, with the probe that may have been meant, if there is none of that id. */
export function existingProbe(id: string): Probe {
  const known = probes.find((probe) => probe.id === id);
  if (known) return known;
  const ids = probes.map((probe) => probe.id);
  const guess = nearest(id, ids);
  throw new UsageError(
    `there is no probe "${id}": ${guess ? `did you mean ${guess}?` : `there are ${ids.join(', ')}`}`,
  );
}
