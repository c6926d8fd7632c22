import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node } from '../../analysis/syntax/node.ts';
import { fixed, inFunction } from './support.ts';

/** The body of the first function literal of some statements, with the text of some of its statements changed. */
function bodyOf(statements: string, depth: number, changes: Readonly<Record<string, string>> = {}): string {
  let body = '';
  fixed(inFunction(statements), (edit, at) => {
    const block = blockOf(at('func()', 'func_literal'));
    const nodes = Object.entries(changes).map(
      ([text, newText]) => [statementIn(block, text), newText] as const,
    );
    body = edit.body(block, depth, new Map(nodes));
  });
  return body;
}

function blockOf(literal: Node): Node {
  const block = literal.children.find((c) => c.kind === 'block');
  assert.ok(block);
  return block;
}

function statementIn(block: Node, text: string): Node {
  const found = nodesIn(block).find((node) => node.kind.endsWith('_statement') && textOf(node) === text);
  assert.ok(found, text);
  return found;
}

function nodesIn(node: Node): readonly Node[] {
  return [node, ...node.children.flatMap(nodesIn)];
}

function textOf(node: Node): string {
  return node.tree.text.slice(node.start, node.end);
}

test('a body keeps its comments, blank lines and raw strings, and gets the depth that is asked for', () => {
  const statements =
    'go func() { // first\n\ta()\n\n\t// second\n\tif b {\n\t\tc(`\nraw\n`)\n\t}\n\t// last\n}()';
  assert.equal(bodyOf(statements, 0), '// first\na()\n\n// second\nif b {\n\tc(`\n\traw\n\t`)\n}\n// last');
  assert.equal(
    bodyOf(statements, 2),
    '\t\t// first\n\t\ta()\n\n\t\t// second\n\t\tif b {\n\t\t\tc(`\n\traw\n\t`)\n\t\t}\n\t\t// last',
  );
});

test('the statements of a body on one line get lines of their own', () => {
  assert.equal(bodyOf('go func() { a(); b() }()', 1), '\ta()\n\tb()');
  assert.equal(bodyOf('go func() { a(); return }()', 0, { return: 'continue' }), 'a()\ncontinue');
  assert.equal(bodyOf('go func() { defer a(); b() }()', 1, { 'defer a()': '' }), '\tb()');
  assert.equal(bodyOf('go func() {}()', 1), '');
});

test('what is taken out goes with its line, but for a comment, what is changed stays where it is', () => {
  const statements = 'go func() {\n\tdefer a() // always\n\n\tif b {\n\t\treturn // early\n\t}\n\tc()\n}()';
  assert.equal(
    bodyOf(statements, 0, { 'defer a()': '', return: 'continue' }),
    '// always\n\nif b {\n\tcontinue // early\n}\nc()',
  );
});

test('the line endings of the file become those of a text', () => {
  const text = inFunction('go func() {\n\ta()\n\tb()\n}()').replaceAll('\n', '\r\n');
  const result = fixed(text, (edit, at) => {
    const body = edit.body(blockOf(at('func()', 'func_literal')), 0, new Map());
    assert.equal(body, 'a()\nb()');
    edit.replace(at('go func', 'go_statement'), body);
  });
  assert.equal(result, inFunction('a()\nb()').replaceAll('\n', '\r\n'));
});
