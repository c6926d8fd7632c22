import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureReturn } from '../../analysis/knowledge/failure-return.ts';
import { expectsFailure, successAfter } from '../../analysis/knowledge/success.ts';
import { child, closest, statements, textOf } from '../../analysis/syntax/node.ts';
import { callOf, lastCode } from '../support/code.ts';

const head = `package p

import (
	"fmt"
	"io"
	"log"
	"os"
)

type pair struct{ a, b int }
type names []string

func open() (*os.File, error) { return nil, nil }
func must(err error)          {}

`;

/** Where `file, err := open()` has succeeded. */
async function place(after: string): Promise<string | undefined> {
  const code = await lastCode(`${head}func f() error { file, err := open(); ${after}; return err }`);
  const statement = closest(callOf(code, 'open'), 'short_var_declaration');
  const error = statement && child(statement, 'left')?.children[1];
  assert.ok(statement && error);
  const success = successAfter(code, statement, error);
  if (success?.kind !== 'after')
    return success && `first in ${textOf(statements(success.block)[0] ?? success.block)}`;
  return `after ${success.statement.kind}${success.isCertain ? '' : '?'}`;
}

test('behind the check of an error', async () => {
  assert.equal(await place('if err != nil { return err }; _ = file'), 'after if_statement');
  assert.equal(await place('if err != nil { log.Fatal(err) }; _ = file'), 'after if_statement');
  assert.equal(await place('if (err == nil) { _ = file }'), 'first in _ = file');
  assert.equal(await place('must(err); _ = file'), 'after expression_statement?');
});

test('no check', async () => {
  assert.equal(await place('_ = file'), undefined);
  assert.equal(await place('fmt.Println(err); _ = file'), undefined);
  assert.equal(await place('if err != nil { log.Println(err) }; _ = file'), undefined);
  assert.equal(await place('if err != nil { return err } else { _ = file }'), undefined);
  assert.equal(await place('if err != nil || file == nil { return err }'), undefined);
  assert.equal(await place('if err := file.Close(); err != nil { return err }'), undefined);
});

test('a test that wants a failure', async () => {
  const wants = async (after: string): Promise<boolean> => {
    const code = await lastCode(`${head}func f(t T) { _, err := open(); ${after} }`);
    return expectsFailure({ acquisition: callOf(code, 'open'), result: 0, error: 1 });
  };
  assert.equal(await wants('if err == nil { t.Fatal() }'), true);
  assert.equal(await wants('if err == nil || err.Error() == "" { t.Fatal() }'), true);
  assert.equal(await wants('require.Error(t, err)'), true);
  assert.equal(await wants('require.ErrorIs(t, err, io.EOF)'), true);
  assert.equal(await wants('require.NoError(t, err)'), false);
  assert.equal(await wants('if err != nil { t.Fatal(err) }'), false);
});

test('leaving a function because of an error', async () => {
  const leave = async (signature: string): Promise<string | undefined> => {
    const code = await lastCode(`${head}func f(${signature} { panic(0) }`);
    return failureReturn(code, code.root, 'err');
  };
  assert.equal(await leave(')'), 'return');
  assert.equal(await leave(') error'), 'return err');
  assert.equal(await leave(') (n int, ok bool, s string, err error)'), 'return 0, false, "", err');
  assert.equal(await leave(') (a, b pair, err error)'), 'return pair{}, pair{}, err');
  assert.equal(await leave(') (names, io.Reader, *pair, func(), error)'), 'return nil, nil, nil, nil, err');
  assert.equal(await leave(') bool'), undefined);
  assert.equal(await leave(') (unseen, error)'), undefined);
});
