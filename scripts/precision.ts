// npm run precision: the counts of the precision log, by rule and confidence.
// npm run precision -- draw FINDINGS.jsonl --module PATH@VERSION [--count N] [--seed N] [--rule a,b] [--root DIR]: lines for
// the log, drawn at random from findings of `goleash check --format jsonl`. bench/precision/README.md has the rest.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Drawable, draw, entriesOf, lineOf, precisionTable } from './precision-log.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    module: { type: 'string' },
    count: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    rule: { type: 'string' },
    root: { type: 'string' },
  },
});
const log = entriesOf(readFileSync('bench/precision/log.tsv', 'utf8'));
const [command, path] = positionals;
if (command === undefined) console.log(precisionTable(log));
else if (command === 'draw' && path && values.module) {
  const drawn = draw(findingsIn(path), log, {
    module: values.module,
    count: Number(values.count),
    seed: Number(values.seed),
    rules: values.rule?.split(','),
    root: values.root,
  });
  for (const entry of drawn) console.log(lineOf(entry));
} else {
  console.error('usage: npm run precision [-- draw FINDINGS.jsonl --module PATH@VERSION]');
  process.exit(2);
}

function findingsIn(file: string): readonly Drawable[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Drawable);
}
