import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contextInScope } from '../../analysis/knowledge/context-in-scope.ts';
import { runsInPlace } from '../../analysis/knowledge/in-place.ts';
import { callOf, lastCode } from '../support/code.ts';

const head = `package p

import (
	"context"
	"net/http"
	"os/signal"
	"sort"
)

func each(xs []int, f func(int)) {
	for _, x := range xs {
		f(x)
	}
}

func later(f func(int)) { go f(1) }

func keep(f func(int)) { kept = f }

var kept func(int)

`;

/** What is in scope at the call of `see`: its text, with a `?` if the place shares it. */
async function scope(fn: string): Promise<string | undefined> {
  const code = await lastCode(head + fn);
  const found = contextInScope(code, callOf(code, 'see'));
  return found && found.text + (found.reach === 'shared' ? '?' : '');
}

test('parameters, requests and what is derived from them', async () => {
  assert.equal(await scope('func f(c context.Context) { see() }'), 'c');
  assert.equal(await scope('func f(w http.ResponseWriter, r *http.Request) { see() }'), 'r.Context()');
  assert.equal(await scope('func f(r *http.Request) { ctx := r.Context(); see(); _ = ctx }'), 'ctx');
  assert.equal(
    await scope(
      'func f(r *http.Request) { ctx, stop := context.WithCancel(r.Context()); see(); stop(); _ = ctx }',
    ),
    'ctx',
  );
  assert.equal(
    await scope(
      'func f() { ctx, stop := signal.NotifyContext(context.Background()); see(); stop(); _ = ctx }',
    ),
    'ctx',
  );
  assert.equal(await scope('func f(r *http.Request, c context.Context) { see() }'), 'c');
});

test('nothing of its own', async () => {
  assert.equal(await scope('func f(_ context.Context) { see() }'), undefined);
  assert.equal(await scope('func f(context.Context) { see() }'), undefined);
  assert.equal(await scope('func f() { ctx := context.Background(); see(); _ = ctx }'), undefined);
  assert.equal(await scope('func f(ctx context.Context) { { ctx := 1; see(); _ = ctx } }'), undefined);
  assert.equal(await scope('type s struct { ctx context.Context }\nfunc (x s) f() { see() }'), undefined);
});

test('function literals', async () => {
  assert.equal(await scope('func f(ctx context.Context) { func() { see() }() }'), 'ctx');
  assert.equal(await scope('func f(ctx context.Context) { each(nil, func(int) { see() }) }'), 'ctx');
  assert.equal(await scope('func f(ctx context.Context) { g := func() { see() }; g() }'), 'ctx');
  assert.equal(await scope('func f(ctx context.Context) { keep(func(int) { see() }) }'), undefined);
  assert.equal(
    await scope('func f(ctx context.Context) { keep(func(int) { see(); <-ctx.Done() }) }'),
    'ctx?',
  );
  assert.equal(await scope('func f(ctx context.Context) { go func() { see() }() }'), undefined);
  assert.equal(await scope('func f(ctx context.Context) { go func() { <-ctx.Done(); see() }() }'), 'ctx?');
  assert.equal(await scope('func f(ctx context.Context) { go see() }'), undefined);
  assert.equal(await scope('func f(ctx context.Context) { defer func() { see() }() }'), undefined);
  assert.equal(await scope('func f(ctx context.Context) { go func(c context.Context) { see() }(ctx) }'), 'c');
});

/** Whether the last literal of a function runs in place. */
async function inPlace(fn: string): Promise<boolean> {
  const code = await lastCode(head + fn);
  const literal = code.functions.at(-1);
  assert.equal(literal?.kind, 'func_literal');
  return runsInPlace(code, literal as NonNullable<typeof literal>);
}

test('literals that run where they stand', async () => {
  assert.equal(await inPlace('func f() { func() {}() }'), true);
  assert.equal(
    await inPlace('func f(xs []int) { sort.Slice(xs, func(i, j int) bool { return false }) }'),
    true,
  );
  assert.equal(await inPlace('func f() { each(nil, func(int) {}) }'), true);
  assert.equal(await inPlace('func f() { g := func() {}; g(); g() }'), true);
});

test('literals that may run elsewhere', async () => {
  assert.equal(await inPlace('func f() { go func() {}() }'), false);
  assert.equal(await inPlace('func f() { defer func() {}() }'), false);
  assert.equal(await inPlace('func f() { later(func(int) {}) }'), false);
  assert.equal(await inPlace('func f() { keep(func(int) {}) }'), false);
  assert.equal(await inPlace('func f() { go each(nil, func(int) {}) }'), false);
  assert.equal(await inPlace('func f() { g := func() {}; go g() }'), false);
  assert.equal(await inPlace('func f() func() { g := func() {}; return g }'), false);
  assert.equal(await inPlace('func f(other func(func())) { other(func() {}) }'), false);
});
