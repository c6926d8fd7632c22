// The parts of verification that need no Go.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Change } from '../../codemods/plan/plan.ts';
import { compilerComplaints, newComplaints, vetComplaints } from '../../codemods/verify/complaints.ts';
import { dependents, firstGuilty, inOrder, withEarlier } from '../../codemods/verify/guilty.ts';
import { changesSurface, chunks } from '../../codemods/verify/packages.ts';

function changes(...specs: readonly string[]): readonly Change[] {
  return specs.map((spec) => {
    const [fingerprint = '', ...after] = spec.split(' ');
    return { fingerprint, after } as unknown as Change;
  });
}

const names = (some: readonly Change[]) => some.map(({ fingerprint }) => fingerprint).join(' ');

test('changes stand behind those that they need, and a cycle does no harm', () => {
  assert.equal(names(inOrder(changes('a c', 'b', 'c', 'd a'))), 'c a b d');
  assert.equal(names(inOrder(changes('a b', 'b a', 'c gone'))), 'b a c');
  const all = changes('a', 'b a', 'c', 'd b');
  assert.equal(names(withEarlier(all.slice(3), all)), 'a b d');
  assert.equal(names(dependents(all[0] as Change, all)), 'b d');
});

test('the guilty change is found in few tries', async () => {
  const all = changes(...Array.from({ length: 100 }, (_, i) => `c${i}`));
  for (const guilty of [0, 1, 57, 98, 99]) {
    let tries = 0;
    const found = await firstGuilty(all, async (some) => {
      tries++;
      return !some.includes(all[guilty] as Change);
    });
    assert.equal(found?.fingerprint, `c${guilty}`);
    assert.ok(tries <= 7, `${tries} tries`);
  }
  const together = await firstGuilty(all, async (some) => !(some.length > 70 && some.length > 20));
  assert.equal(together?.fingerprint, 'c70', 'of those that only fail together, the later one');
});

const naming = {
  folder: '/m',
  folderOf: (path: string) =>
    path.startsWith('example.com/m/') ? path.replace('example.com', '') : undefined,
};

test('what the compiler says, by package', () => {
  const said = compilerComplaints(
    `go: downloading example.com/x v1.0.0
c/c.go:3:8: no required module provides package missing.example/x; to add it:
	go get missing.example/x
# example.com/m/a
a/a.go:5:45: declared and not used: y
a/a.go:6:2: too many errors
# example.com/m/b_test [example.com/m/b.test]
b/b_test.go:7:9: not enough arguments in call to B
	have ()
	want (int)
# example.com/m/d
# [example.com/m/d]
vet: d/d.go:7:8: expected ')', found 'EOF'
# example.com/m/e
ld: library not found`,
    naming,
  );
  assert.deepEqual(
    said.map(({ kind, folder, text }) => [kind, folder, text.split('\n').length, text.split('\n')[0]]),
    [
      ['load', '/m/c', 2, 'c/c.go:3:8: no required module provides package missing.example/x; to add it:'],
      ['compile', '/m/a', 1, 'a/a.go:5:45: declared and not used: y'],
      ['compile', '/m/a', 1, 'a/a.go:6:2: too many errors'],
      ['compile', '/m/b', 3, 'b/b_test.go:7:9: not enough arguments in call to B'],
      ['compile', '/m/d', 1, "d/d.go:7:8: expected ')', found 'EOF'"],
      ['compile', '/m/e', 1, 'ld: library not found'],
    ].filter(([, , , text]) => !String(text).includes('too many')),
  );
});

/** As Go 1.25 writes it: with headings, to standard error. */
const vetOutput = `# example.com/m/a
{
	"example.com/m/a": {
		"printf": [
			{
				"posn": "/m/a/a.go:LINE:28",
				"message": "the call at line LINE has a bad format"
			}
		],
		"lostcancel": {
			"error": "it crashed"
		}
	}
}
# example.com/m/b
{}
`;

test('what vet says, compared without lines', () => {
  const read = (line: number) => vetComplaints(vetOutput.replaceAll('LINE', String(line)), naming);
  assert.deepEqual(
    read(5).map(({ kind, folder, text }) => ({ kind, folder, text })),
    [
      {
        kind: 'vet',
        folder: '/m/a',
        text: '/m/a/a.go:5:28: the call at line 5 has a bad format (vet: printf)',
      },
    ],
  );
  assert.deepEqual(newComplaints(read(5), read(9)), []);
  assert.equal(newComplaints(read(5), [...read(9), ...read(11)]).length, 1, 'one more of the same is new');
});

test('a copy that go vet remembers from another run is named as the file on disk', () => {
  const copy = vetOutput.replaceAll('/m/a/a.go:LINE', '/tmp/goleash-ab12/overlay-Xy9/3/a.go:5');
  assert.match(vetComplaints(copy, naming)[0]?.text ?? '', /^\/m\/a\/a\.go:5:28: /);
});

test('what other packages may notice of a change', () => {
  const text = 'package p\n\nimport "fmt"\n\nfunc A() { fmt.Println() }\n\ntype T struct{ a int }\n';
  const changed = (old: string, now: string) => changesSurface('/p/a.go', text, text.replace(old, now));
  assert.equal(changed('fmt.Println()', ''), false);
  assert.equal(changed('import "fmt"', 'import "os"'), false);
  assert.equal(changed('A()', 'A(int)'), true);
  assert.equal(changed('a int', 'a, b int'), true);
  assert.equal(changed('type T', 'var own = 1\n\nfunc help() {}\n\ntype T'), false, 'nobody else sees these');
  assert.equal(changed('type T', 'func (T) own() {}\n\ntype T'), true, 'T may satisfy another interface now');
  assert.equal(changed('type T', 'var (\n\ta = 1\n\tB = 2\n)\n\ntype T'), true);
  assert.equal(changesSurface('/p/a_test.go', text, ''), false);
});

test('long command lines are cut', () => {
  const args = Array.from({ length: 3000 }, (_, i) => `example.com/package/${i}`);
  const parts = chunks(args);
  assert.deepEqual(parts.flat(), args);
  assert.ok(parts.length > 1 && parts.every((part) => part.join(' ').length <= 24_000));
});
