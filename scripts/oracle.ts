// npm run oracle -- [--examples N] [calls [--own]] DIR [PATTERN...]: compares the names and types of the model with
// those of the Go type checker (test/oracle, a Go module of its own) and prints how many are the same, unknown and
// wrong, with examples, and what was not compared. With `calls`, what calls reach; `--own` keeps Go to the bodies of
// these packages, where those of all that they import are too many.

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { calls } from './oracle-calls.ts';
import { eachPlace, goFacts } from './oracle-facts.ts';
import { countsOf } from './oracle-report.ts';
import { types } from './oracle-types.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { examples: { type: 'string', default: '12' }, own: { type: 'boolean', default: false } },
});
const comparison = positionals[0] === 'calls' ? calls : types;
const [directory, ...patterns] = comparison === calls ? positionals.slice(1) : positionals;
if (!directory) {
  console.error('usage: npm run oracle -- [--examples N] [calls [--own]] DIR [PATTERN...]');
  process.exit(2);
}
const root = resolve(directory);
const flags = values.own ? [...comparison.flags, '-own'] : comparison.flags;
const facts = goFacts(root, flags, patterns.length > 0 ? patterns : ['./...']);
const counts = countsOf(comparison);
await eachPlace(facts, root, counts.count, counts.leave);
counts.print(facts, Number(values.examples));
