import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyEdits } from '../../analysis/edit/apply.ts';
import { importsLeftUnused } from '../../analysis/edit/unused-imports.ts';
import { sourceFile } from '../../analysis/syntax/source-file.ts';
import { find, fixed, gofmtDiff, namesOf, type TestBody, withGo } from './support.ts';

interface Example {
  readonly name: string;
  readonly before: string;
  readonly fix: TestBody;
  /** The new head of the file up to `func f`, and what the fix wrote into it. */
  readonly after: string | undefined;
  /** Not built by Go: other modules, or not in gofmt form. */
  readonly isLoose?: true;
}

/** Declares a variable with a second of package time, or what `expression` gives, in the function `f`. */
const useSecond: TestBody = (edit, find) => {
  const at = find('work()', 'expression_statement');
  edit.insertStatementBefore(at, `_ = ${edit.qualified('time', 'Second', at)}`);
};

function use(...paths: readonly string[]): TestBody {
  return (edit, find) => {
    const at = find('work()', 'expression_statement');
    edit.insertStatementBefore(at, paths.map((path) => `_ = ${edit.importName(path, at)}.X`).join('\n'));
  };
}

const removeCall: TestBody = (edit, find) => edit.removeStatement(find('fmt.Print', 'expression_statement'));

function file(head: string, body: string, rest = ''): string {
  return `${head}\n\nfunc f() {\n${body.replaceAll(/^/gm, '\t')}\n\twork()\n}\n\nfunc work() {}\n${rest}`;
}

const uses = 'fmt.Print(os.Args)';
const examples: readonly Example[] = [
  {
    name: 'into the sorted place of a block',
    before: file('package p\n\nimport (\n\t"fmt" // prints\n\t"os"\n)', uses),
    fix: useSecond,
    after: file('package p\n\nimport (\n\t"fmt" // prints\n\t"os"\n\t"time"\n)', `${uses}\n_ = time.Second`),
  },
  {
    name: 'first in a block, and the columns of comments',
    before: file('package p\n\nimport (\n\t"fmt" // prints\n\t"os"  // args\n)', uses),
    fix: (edit, find) => {
      const at = find('work()', 'expression_statement');
      edit.insertStatementBefore(at, `_ = ${edit.importName('bufio', at)}.MaxScanTokenSize`);
    },
    after: file(
      'package p\n\nimport (\n\t"bufio"\n\t"fmt" // prints\n\t"os"  // args\n)',
      `${uses}\n_ = bufio.MaxScanTokenSize`,
    ),
  },
  {
    name: 'into the group of the standard library',
    before: file('package p\n\nimport (\n\t// std\n\t"fmt"\n\n\t"example.com/a"\n)', 'fmt.Print(a.A)'),
    fix: use('context', 'time'),
    after: file(
      'package p\n\nimport (\n\t// std\n\t"context"\n\t"fmt"\n\t"time"\n\n\t"example.com/a"\n)',
      'fmt.Print(a.A)\n_ = context.X\n_ = time.X',
    ),
    isLoose: true,
  },
  {
    name: 'a group of its own above others',
    before: file('package p\n\nimport (\n\t// ours\n\t"example.com/a"\n\t"example.com/b"\n)', 'a.A(b.B)'),
    fix: use('time', 'context'),
    after: file(
      'package p\n\nimport (\n\t"context"\n\t"time"\n\n\t// ours\n\t"example.com/a"\n\t"example.com/b"\n)',
      'a.A(b.B)\n_ = time.X\n_ = context.X',
    ),
    isLoose: true,
  },
  {
    name: 'another module next to its relatives, or in a group of its own',
    before: file(
      'package p\n\nimport (\n\t"fmt"\n\n\t"example.com/m/a"\n\n\t"golang.org/x/sync"\n)',
      'fmt.Print(a.A, sync.B)',
    ),
    fix: use('golang.org/x/time', 'example.com/m/b'),
    after: file(
      'package p\n\nimport (\n\t"fmt"\n\n\t"example.com/m/a"\n\t"example.com/m/b"\n\n\t"golang.org/x/sync"\n\t"golang.org/x/time"\n)',
      'fmt.Print(a.A, sync.B)\n_ = time.X\n_ = b.X',
    ),
    isLoose: true,
  },
  {
    name: 'a new group below the standard library',
    before: file('package p\n\nimport (\n\t"fmt"\n)', 'fmt.Print()'),
    fix: use('example.com/go-x'),
    after: file('package p\n\nimport (\n\t"fmt"\n\n\tx "example.com/go-x"\n)', 'fmt.Print()\n_ = x.X'),
    isLoose: true,
  },
  {
    name: 'a comment keeps its import',
    before: file(
      'package p\n\nimport (\n\t// for its effect\n\t_ "net/http/pprof"\n\t"os"\n)',
      'println(os.Args)',
    ),
    fix: useSecond,
    after: file(
      'package p\n\nimport (\n\t// for its effect\n\t_ "net/http/pprof"\n\t"os"\n\t"time"\n)',
      'println(os.Args)\n_ = time.Second',
    ),
  },
  {
    name: 'a single import becomes a block',
    before: file('package p\n\nimport "fmt" // prints', 'fmt.Print()'),
    fix: useSecond,
    after: file('package p\n\nimport (\n\t"fmt" // prints\n\t"time"\n)', 'fmt.Print()\n_ = time.Second'),
  },
  {
    name: 'a single import of another module becomes a block of two groups',
    before: file('package p\n\nimport "example.com/a"', 'a.A()'),
    fix: useSecond,
    after: file('package p\n\nimport (\n\t"time"\n\n\t"example.com/a"\n)', 'a.A()\n_ = time.Second'),
    isLoose: true,
  },
  {
    name: 'several single imports get another',
    before: file('package p\n\nimport "fmt"\nimport "os"', uses),
    fix: (edit, find) => {
      const at = find('work()', 'expression_statement');
      edit.insertStatementBefore(
        at,
        `_ = ${edit.importName('bufio', at)}.MaxScanTokenSize\n_ = ${edit.importName('io', at)}.EOF`,
      );
      edit.insertStatementBefore(at, `_ = ${edit.duration('1s', at)}`);
    },
    after: file(
      'package p\n\nimport "bufio"\nimport "fmt"\nimport "io"\nimport "os"\nimport "time"',
      `${uses}\n_ = bufio.MaxScanTokenSize\n_ = io.EOF\n_ = time.Second`,
    ),
  },
  {
    name: 'no import at all',
    before: file('// Package p is p.\npackage p // p', ''.padEnd(0)).replace('\t\n', ''),
    fix: useSecond,
    after: file('// Package p is p.\npackage p // p\n\nimport "time"', '_ = time.Second'),
  },
  {
    name: 'no import, and code right below the package clause',
    before: 'package p\n\nfunc f() { work() }\nfunc work() {}\n'.replace('\n\nfunc f', '\nfunc f'),
    fix: useSecond,
    after: 'package p\n\nimport "time"\n\nfunc f() {\n\t_ = time.Second\n\twork()\n}\nfunc work() {}\n',
  },
  {
    name: 'no import and two to add',
    before: file('package p', 'work()'),
    fix: use('time', 'example.com/a'),
    after: file('package p\n\nimport (\n\t"time"\n\n\t"example.com/a"\n)', '_ = time.X\n_ = a.X\nwork()'),
    isLoose: true,
  },
  {
    name: 'the preamble stays with its import "C"',
    before: file('package p\n\n// int x;\nimport "C"', '_ = C.x'),
    fix: useSecond,
    after: file('package p\n\nimport "time"\n\n// int x;\nimport "C"', '_ = C.x\n_ = time.Second'),
    isLoose: true,
  },
  {
    name: 'the preamble stays with its import "C" among others',
    before: file('package p\n\n/*\nint x;\n*/\nimport "C"\nimport "fmt"', 'fmt.Print(C.x)'),
    fix: useSecond,
    after: file(
      'package p\n\n/*\nint x;\n*/\nimport "C"\nimport (\n\t"fmt"\n\t"time"\n)',
      'fmt.Print(C.x)\n_ = time.Second',
    ),
    isLoose: true,
  },
  {
    name: 'an empty block',
    before: file('package p\n\nimport ()', 'work()'),
    fix: useSecond,
    after: file('package p\n\nimport (\n\t"time"\n)', '_ = time.Second\nwork()'),
  },
  {
    name: 'a block on one line',
    before: file('package p\n\nimport ("fmt"; "os")', uses),
    fix: useSecond,
    after: file('package p\n\nimport ("fmt"; "os"; "time")', `${uses}\n_ = time.Second`),
    isLoose: true,
  },
  {
    name: 'an import that is there',
    before: file('package p\n\nimport "time"', '_ = time.Minute'),
    fix: useSecond,
    after: file('package p\n\nimport "time"', '_ = time.Minute\n_ = time.Second'),
  },
  {
    name: 'an alias that is there',
    before: file('package p\n\nimport clock "time"', '_ = clock.Minute'),
    fix: useSecond,
    after: file('package p\n\nimport clock "time"', '_ = clock.Minute\n_ = clock.Second'),
  },
  {
    name: 'a dot import',
    before: file('package p\n\nimport . "time"', '_ = Minute'),
    fix: useSecond,
    after: file('package p\n\nimport . "time"', '_ = Minute\n_ = Second'),
  },
  {
    name: 'a dot import whose name is shadowed',
    before: file('package p\n\nimport . "time"', 'Second := Minute\n_ = Second'),
    fix: useSecond,
    after: file(
      'package p\n\nimport (\n\t"time"\n\t. "time"\n)',
      'Second := Minute\n_ = Second\n_ = time.Second',
    ),
  },
  {
    name: 'an import for its effect',
    before: file('package p\n\nimport (\n\t_ "time"\n)', 'println()'),
    fix: useSecond,
    after: file('package p\n\nimport (\n\t"time"\n\t_ "time"\n)', 'println()\n_ = time.Second'),
  },
  {
    name: 'a shadowed import',
    before: file('package p\n\nimport "time"', 'time := time.Minute\n_ = time'),
    fix: useSecond,
    after: file(
      'package p\n\nimport (\n\t"time"\n\tstdtime "time"\n)',
      'time := time.Minute\n_ = time\n_ = stdtime.Second',
    ),
  },
  {
    name: 'a name that the package declares',
    before: file('package p', 'println()', '\nvar time, stdtime = 1, 2\n'),
    fix: useSecond,
    after: file(
      'package p\n\nimport stdtime2 "time"',
      'println()\n_ = stdtime2.Second',
      '\nvar time, stdtime = 1, 2\n',
    ),
  },
  {
    name: 'a name that another import has',
    before: file('package p\n\nimport time "fmt"', 'time.Print()'),
    fix: useSecond,
    after: file(
      'package p\n\nimport (\n\ttime "fmt"\n\tstdtime "time"\n)',
      'time.Print()\n_ = stdtime.Second',
    ),
  },
  {
    name: 'a fix asks twice and gets one import',
    before: file('package p', 'println()'),
    fix: (edit, find) => {
      useSecond(edit, find);
      useSecond(edit, find);
      edit.importName('os', find('work()'));
    },
    after: file('package p\n\nimport "time"', 'println()\n_ = time.Second\n_ = time.Second'),
  },
  {
    name: 'two versions of one name',
    before: file('package p', 'println()'),
    fix: (edit, find) => {
      const at = find('work()', 'expression_statement');
      edit.insertStatementBefore(
        at,
        `_ = ${edit.importName('math/rand', at)}.Int\n_ = ${edit.importName('math/rand/v2', at)}.Int`,
      );
    },
    after: file(
      'package p\n\nimport (\n\t"math/rand"\n\tstdrand "math/rand/v2"\n)',
      'println()\n_ = rand.Int\n_ = stdrand.Int',
    ),
  },
  {
    name: 'the last use goes, and the line of the import with it',
    before: file('package p\n\nimport (\n\t"fmt" // prints\n\n\t"os"\n)', 'fmt.Print()\n_ = os.Args'),
    fix: removeCall,
    after: file('package p\n\nimport (\n\t"os"\n)', '_ = os.Args'),
  },
  {
    name: 'the last use goes, and the declaration with it',
    before: file('package p\n\nimport "fmt"\n\nvar x = 1', 'fmt.Print()'),
    fix: removeCall,
    after: file('package p\n\nvar x = 1', '').replace('\t\n', ''),
  },
  {
    name: 'comments in the block stay',
    before: file('package p\n\nimport (\n\t// prints\n\t"fmt"\n)', 'fmt.Print()'),
    fix: removeCall,
    after: file('package p\n\nimport (\n// prints\n)', '').replace('\t\n', ''),
  },
  {
    name: 'a use that is left keeps the import',
    before: file('package p\n\nimport "fmt"', 'fmt.Print()\nfmt.Println()'),
    fix: removeCall,
    after: file('package p\n\nimport "fmt"', 'fmt.Println()'),
  },
  {
    name: 'a shadowing name is no use',
    before: file('package p\n\nimport "fmt"', 'fmt.Print()\n{\n\tfmt := struct{ a int }{}\n\t_ = fmt\n}'),
    fix: removeCall,
    after: file('package p', '{\n\tfmt := struct{ a int }{}\n\t_ = fmt\n}'),
  },
  {
    name: 'one goes and another comes in its place',
    before: file('package p\n\nimport "fmt" // one', 'fmt.Print()'),
    fix: (edit, find) =>
      edit.replace(
        find('fmt.Print', 'call_expression'),
        `_ = ${edit.qualified('time', 'Second', find('fmt.Print'))}`,
      ),
    after: file('package p\n\nimport "time" // one', '_ = time.Second'),
  },
  {
    name: 'one goes and two come in its place',
    before: file('package p\n\nimport "fmt"', 'fmt.Print()'),
    fix: (edit, find) => {
      const call = find('fmt.Print', 'call_expression');
      edit.replace(
        call,
        `_, _ = ${edit.qualified('time', 'Second', call)}, ${edit.qualified('bufio', 'MaxScanTokenSize', call)}`,
      );
    },
    after: file(
      'package p\n\nimport (\n\t"bufio"\n\t"time"\n)',
      '_, _ = time.Second, bufio.MaxScanTokenSize',
    ),
  },
  {
    name: 'one of a block goes and another comes',
    before: file('package p\n\nimport (\n\t"fmt"\n)', 'fmt.Print()'),
    fix: (edit, find) =>
      edit.replace(
        find('fmt.Print', 'call_expression'),
        `_ = ${edit.qualified('time', 'Second', find('fmt.Print'))}`,
      ),
    after: file('package p\n\nimport (\n\t"time"\n)', '_ = time.Second'),
  },
  {
    name: 'one of a block on one line goes',
    before: file('package p\n\nimport ("fmt"; "os")', 'fmt.Print()\n_ = os.Args'),
    fix: removeCall,
    after: file('package p\n\nimport ("os")', '_ = os.Args'),
    isLoose: true,
  },
  {
    name: 'an import declaration that does not parse',
    before: file('package p\n\nimport (\n\t"fmt"\n\t\'\n)', 'println()'),
    fix: useSecond,
    after: undefined,
  },
];

for (const { name, before, fix, after } of examples) {
  test(name, () => {
    assert.equal(fixed(before, fix), after);
    const withMark = `\uFEFF${before.replaceAll('\n', '\r\n')}`;
    assert.equal(fixed(withMark, fix), after && `\uFEFF${after.replaceAll('\n', '\r\n')}`);
  });
}

test('the results are in gofmt form, and Go builds them', () => {
  const strict = examples.filter(
    (e) => e.after !== undefined && !e.isLoose && !e.before.includes('\nfunc f() {}'),
  );
  const loose = examples.filter((e) => e.after !== undefined && e.isLoose && !e.before.includes('; "os"'));
  assert.equal(
    gofmtDiff(
      [...strict, ...loose].map((e) => e.after ?? '').filter((text) => !text.includes('}\nfunc work')),
    ),
    '',
  );
  const files = new Map(strict.map((e, i) => [`p${i}/a.go`, e.after ?? '']));
  files.set('go.mod', 'module example.com/m\n\ngo 1.22\n');
  assert.equal(withGo(['go', 'vet', './...'], files) ?? '', '');
});

test('an import that several fixes leave unused is found afterwards', () => {
  const before = sourceFile(
    'p/a.go',
    file('package p\n\nimport (\n\t"fmt"\n\t"os"\n)', 'fmt.Print()\nfmt.Println()'),
  );
  const text = before.text.replace('\tfmt.Print()\n\tfmt.Println()\n', '');
  const after = sourceFile('p/a.go', text, before);
  const withUses = (f: typeof before) => ({ file: f, usesOfImport: namesOf(f).usesOfImport });
  const edits = importsLeftUnused(withUses(before), withUses(after));
  assert.equal(
    applyEdits(text, edits),
    text.replace('\t"fmt"\n', ''),
    'os was not used before, so it is not touched',
  );
  assert.deepEqual(importsLeftUnused(withUses(before), withUses(before)), []);
  assert.ok(find(after, 'func f'));
});
