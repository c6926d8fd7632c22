// Names of findings, short enough to be written down.

import { createHash } from 'node:crypto';
import { type Finding, type GoPackage, identitiesOf } from '../index.ts';

/** A name for each finding of a package, in order: 16 hexadecimal digits that stay while code around it changes. */
export function fingerprintsOf(pkg: GoPackage, findings: readonly Finding[]): readonly string[] {
  return identitiesOf(pkg, findings).map(fingerprintOf);
}

/** The fingerprint for what `identitiesOf` calls a finding. */
export function fingerprintOf(identity: string): string {
  return createHash('sha256').update(identity).digest('hex').slice(0, 16);
}
