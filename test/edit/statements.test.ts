import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node } from '../../analysis/syntax/node.ts';
import { fixed, gofmtDiff, inFunction, type TestBody } from './support.ts';

interface Example {
  readonly name: string;
  readonly before: string;
  readonly fix: TestBody;
  /** Undefined if the fix must be withdrawn. */
  readonly after: string | undefined;
}

const examples: readonly Example[] = [
  {
    name: 'a statement before another takes its indentation',
    before: inFunction('if a {\n\tb()\n}'),
    fix: (edit, find) =>
      edit.insertStatementBefore(find('b()', 'expression_statement'), 'x()\nif y {\n\tz()\n}'),
    after: inFunction('if a {\n\tx()\n\tif y {\n\t\tz()\n\t}\n\tb()\n}'),
  },
  {
    name: 'a statement after another stands below its trailing comment',
    before: inFunction('a() // why\n// about b\nb()'),
    fix: (edit, find) => edit.insertStatementAfter(find('a()', 'expression_statement'), 'defer x()'),
    after: inFunction('a() // why\ndefer x()\n// about b\nb()'),
  },
  {
    name: 'a comment in the middle of the line does not end it',
    before: inFunction('a() /* one */ // two\nb()'),
    fix: (edit, find) => edit.insertStatementAfter(find('a()', 'expression_statement'), 'x()'),
    after: inFunction('a() /* one */ // two\nx()\nb()'),
  },
  {
    name: 'several texts at one place come in the order of the calls',
    before: inFunction('a()'),
    fix: (edit, find) => {
      const a = find('a()', 'expression_statement');
      edit.insertStatementAfter(a, 'x()');
      edit.insertStatementAfter(a, 'y()');
      edit.insertStatementBefore(a, 'v()');
      edit.insertStatementBefore(a, 'w()');
    },
    after: inFunction('v()\nw()\na()\nx()\ny()'),
  },
  {
    name: 'a statement of a case',
    before: inFunction('switch a {\ncase 1:\n\tb()\ndefault:\n}'),
    fix: (edit, find) => {
      edit.insertStatementBefore(find('b()', 'expression_statement'), 'x()');
      edit.insertStatementAfter(find('b()', 'expression_statement'), 'y()');
    },
    after: inFunction('switch a {\ncase 1:\n\tx()\n\tb()\n\ty()\ndefault:\n}'),
  },
  {
    name: 'a statement on the line of its case',
    before: inFunction('switch a {\ncase 1: b()\n}'),
    fix: (edit, find) => edit.insertStatementBefore(find('b()', 'expression_statement'), 'x()'),
    after: inFunction('switch a {\ncase 1:\n\tx()\n\tb()\n}'),
  },
  {
    name: 'a statement before one with a label stands before the label',
    before: inFunction('L:\n\tfor {\n\t\tbreak L\n\t}').replace('\tL:', 'L:').replaceAll('\t\t', '\t'),
    fix: (edit, find) => edit.insertStatementBefore(find('for {', 'for_statement'), 'x()'),
    after: inFunction('x()\nL:\n\tfor {\n\t\tbreak L\n\t}').replace('\tL:', 'L:').replaceAll('\t\t', '\t'),
  },
  {
    name: 'an init statement takes none before it',
    before: inFunction('if a := b(); a {\n}'),
    fix: (edit, find) => edit.insertStatementBefore(find('a := b()', 'short_var_declaration'), 'x()'),
    after: undefined,
  },
  {
    name: 'an else-if takes none before it',
    before: inFunction('if a {\n} else if b {\n}'),
    fix: (edit, find) => edit.insertStatementBefore(find('if b', 'if_statement'), 'x()'),
    after: undefined,
  },
  {
    name: 'first in a block, below the comment of its brace',
    before: inFunction('go func() { // runs\n\t// about a\n\ta()\n}()'),
    fix: (edit, find) => edit.insertFirst(find('{ // runs', 'block'), 'defer x()'),
    after: inFunction('go func() { // runs\n\tdefer x()\n\t// about a\n\ta()\n}()'),
  },
  {
    name: 'first in an empty block',
    before: inFunction('go func() {}()'),
    fix: (edit, find) => edit.insertFirst(find('{}', 'block'), 'x()\ny()'),
    after: inFunction('go func() {\n\tx()\n\ty()\n}()'),
  },
  {
    name: 'first in an empty block over two lines',
    before: inFunction('go func() {\n}()'),
    fix: (edit, find) => edit.insertFirst(find('func() {', 'func_literal').children[1] as Node, 'x()'),
    after: inFunction('go func() {\n\tx()\n}()'),
  },
  {
    name: 'first in a block on one line, with more before, after and within',
    before: inFunction('go func() { a(); b() }()'),
    fix: (edit, find) => {
      edit.insertFirst(find('{ a()', 'block'), 'x()');
      edit.insertStatementBefore(find('b()', 'expression_statement'), 'y()');
      edit.insertStatementAfter(find('b()', 'expression_statement'), 'z()');
      edit.replace(find('a()', 'call_expression'), 'c()');
    },
    after: inFunction('go func() {\n\tx()\n\tc()\n\ty()\n\tb()\n\tz()\n}()'),
  },
  {
    name: 'first in a block without any space',
    before: inFunction('go func(){a();}()'),
    fix: (edit, find) => edit.insertFirst(find('{a()', 'block'), 'x()'),
    after: inFunction('go func(){\n\tx()\n\ta()\n}()'),
  },
  {
    name: 'first in a block with nothing but a comment',
    before: inFunction('go func() { /* none */ }()'),
    fix: (edit, find) => edit.insertFirst(find('{ /*', 'block'), 'x()'),
    after: inFunction('go func() {\n\tx()\n\t/* none */\n}()'),
  },
  {
    name: 'the braces of one-line functions are lined up without the one that is none any more',
    before:
      'package p\n\nfunc a()      { a() }\nfunc f()      { a() } // a\nfunc longer() { b() }\nfunc g()      { a() }\n',
    fix: (edit, find) => edit.insertFirst(find('{ b()', 'block'), 'x()'),
    after:
      'package p\n\nfunc a() { a() }\nfunc f() { a() } // a\nfunc longer() {\n\tx()\n\tb()\n}\nfunc g() { a() }\n',
  },
  {
    name: 'a declaration between others parts their columns',
    before: 'package p\n\nvar a = 1   // a\nvar b = 222 // b\nvar c = 3   // c\n',
    fix: (edit, find) => edit.insertDeclarationBefore(find('222'), 'func x() {}'),
    after: 'package p\n\nvar a = 1 // a\n\nfunc x() {}\n\nvar b = 222 // b\nvar c = 3   // c\n',
  },
  {
    name: 'a removed statement takes its line along, and comments stay',
    before: inFunction('// about a\na() // why\nb()\nc()'),
    fix: (edit, find) => {
      edit.removeStatement(find('a()', 'expression_statement'));
      edit.removeStatement(find('b()', 'expression_statement'));
    },
    after: inFunction('// about a\n// why\nc()'),
  },
  {
    name: 'a comment goes with the statement that is moved',
    before: inFunction('x()\na() // why\nb()'),
    fix: (edit, find) => {
      const a = find('a()', 'expression_statement');
      edit.insertStatementBefore(find('x()', 'expression_statement'), `a()${edit.comment(a)}`);
      edit.removeStatement(a);
    },
    after: inFunction('a() // why\nx()\nb()'),
  },
  {
    name: 'no two blank lines are left',
    before: inFunction('x()\n\na()\nb()\n\ny()'),
    fix: (edit, find) => {
      edit.removeStatement(find('b()', 'expression_statement'));
      edit.removeStatement(find('a()', 'expression_statement'));
    },
    after: inFunction('x()\n\ny()'),
  },
  {
    name: 'one statement among others on its line is removed',
    before: inFunction('go func() { a(); b(); c() }()'),
    fix: (edit, find) => edit.removeStatement(find('b()', 'expression_statement')),
    after: inFunction('go func() { a(); c() }()'),
  },
  {
    name: 'the last on its line is removed',
    before: inFunction('go func() { a(); b() }()'),
    fix: (edit, find) => edit.removeStatement(find('b()', 'expression_statement')),
    after: inFunction('go func() { a() }()'),
  },
  {
    name: 'the only statement of a one-line block is removed',
    before: inFunction('go func() { a() }()'),
    fix: (edit, find) => edit.removeStatement(find('a()', 'expression_statement')),
    after: inFunction('go func() {}()'),
  },
  {
    name: 'a removed statement cannot be edited as well',
    before: inFunction('a(b)'),
    fix: (edit, find) => {
      edit.removeStatement(find('a(b)', 'expression_statement'));
      edit.replace(find('b', 'identifier'), 'c');
    },
    after: undefined,
  },
  {
    name: 'a text that does not parse withdraws the fix',
    before: inFunction('a()'),
    fix: (edit, find) => edit.insertStatementAfter(find('a()', 'expression_statement'), 'b('),
    after: undefined,
  },
  {
    name: 'false withdraws the fix',
    before: inFunction('a()'),
    fix: () => false,
    after: undefined,
  },
  {
    name: 'a body that gets too long for one line is spread',
    before: inFunction('go func() { a() }()'),
    fix: (edit, find) => edit.replace(find('a()', 'call_expression'), `${'long'.repeat(22)}(10, 2)`),
    after: inFunction(`go func() {\n\t${'long'.repeat(22)}(10, 2)\n}()`),
  },
  {
    name: 'copied source is indented once, and raw strings keep their lines',
    before: inFunction('if a {\n\tb(func() {\n\t\tc()\n\t}, `x\n  y`)\n}'),
    fix: (edit, find) => {
      const call = find('b(', 'call_expression');
      edit.insertStatementBefore(find('if a', 'if_statement'), `v := ${edit.source(call)}`);
      edit.replace(call, 'v()');
    },
    after: inFunction('v := b(func() {\n\tc()\n}, `x\n  y`)\nif a {\n\tv()\n}').replace(
      '\n\t  y`',
      '\n\t  y`',
    ),
  },
  {
    name: 'trailing comments are lined up again after an insertion, a removal and a change',
    before: inFunction(
      'a()    // one\nbbbb() // two\nc()    // three\n\nd()   // four\neee() // five\n\nx() // six\nyy   = 1 // seven',
    ).replace('x() // six', 'x()      // six'),
    fix: (edit, find) => {
      edit.insertStatementAfter(find('bbbb()', 'expression_statement'), 'n()');
      edit.removeStatement(find('eee()', 'expression_statement'));
    },
    after: inFunction(
      'a()    // one\nbbbb() // two\nn()\nc() // three\n\nd() // four\n// five\n\nx() // six\nyy   = 1 // seven',
    ).replace('x() // six', 'x()      // six'),
  },
  {
    name: 'a longer statement moves the comments of its neighbours',
    before: inFunction('a() // one\nb() // two'),
    fix: (edit, find) => edit.replace(find('a()', 'call_expression'), 'longer()'),
    after: inFunction('longer() // one\nb()      // two'),
  },
  {
    name: 'comments that are not lined up are left alone',
    before: inFunction('a() // one\nb()   // two'),
    fix: (edit, find) => edit.replace(find('a()', 'call_expression'), 'longer()'),
    after: inFunction('longer() // one\nb()   // two'),
  },
  {
    name: 'the columns of a var group',
    before: 'package p\n\nvar (\n\tclient http.Client // one\n\tother  int         // two\n\n\tx = 1\n)\n',
    fix: (edit, find) => edit.replace(find('http.Client', 'qualified_type'), '= http.Client{A: 1}'),
    after:
      'package p\n\nvar (\n\tclient = http.Client{A: 1} // one\n\tother  int                 // two\n\n\tx = 1\n)\n',
  },
  {
    name: 'the columns of struct fields',
    before: 'package p\n\ntype T struct {\n\ta  int    // one\n\tbb string `x`\n\tsync.Mutex\n\n\tc int\n}\n',
    fix: (edit, find) => edit.replace(find('int', 'type_identifier'), 'sync.WaitGroup'),
    after:
      'package p\n\ntype T struct {\n\ta  sync.WaitGroup // one\n\tbb string         `x`\n\tsync.Mutex\n\n\tc int\n}\n',
  },
  {
    name: 'a declaration stands before the comment of the next one',
    before: 'package p\n\n// f does.\n//\n//go:noinline\nfunc f() { a() }\n',
    fix: (edit, find) => edit.insertDeclarationBefore(find('a()'), 'var x = T{\n\tA: 1,\n}'),
    after: 'package p\n\nvar x = T{\n\tA: 1,\n}\n\n// f does.\n//\n//go:noinline\nfunc f() { a() }\n',
  },
  {
    name: 'a declaration is parted from the one above',
    before: 'package p\n\nvar a = 1\nvar b = 2 // two\n',
    fix: (edit, find) => edit.insertDeclarationBefore(find('2'), 'func x() {}'),
    after: 'package p\n\nvar a = 1\n\nfunc x() {}\n\nvar b = 2 // two\n',
  },
];

for (const { name, before, fix, after } of examples) {
  test(name, () => {
    const result = fixed(before, fix);
    assert.equal(result, after);
    for (const variant of [before.replaceAll('\n', '\r\n'), `\uFEFF${before.replaceAll('\n', '\r\n')}`]) {
      const isWithMark = variant.startsWith('\uFEFF');
      const expected = after?.replaceAll('\n', '\r\n');
      assert.equal(fixed(variant, fix), expected && (isWithMark ? `\uFEFF${expected}` : expected));
    }
  });
}

test('what was in gofmt form still is', () => {
  const before = examples.map((e) => e.before);
  const isFormatted = before.map((text) => !gofmtDiffers.has(text));
  const results = examples.filter((_, i) => isFormatted[i]).map((e) => fixed(e.before, e.fix));
  assert.equal(gofmtDiff(results.filter((r) => r !== undefined)), '');
});

/** Examples that are not in gofmt form to begin with. */
const gofmtDiffers = new Set(
  examples
    .filter((e) =>
      ['case 1: b()', 'func(){a();}', '   // two', 'yy   = 1'].some((odd) => e.before.includes(odd)),
    )
    .map((e) => e.before),
);
