import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endingOf, goStatementsOf, sharedWrites, spawnedBy } from '../../analysis/knowledge/spawned.ts';
import { lastCode } from '../support/code.ts';

const head = `package p

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

type box struct {
	mu sync.Mutex
	n  int
}

func (b *box) set(n int)   { b.n = n }
func (b box) lost(n int)   { b.n = n }
func store(p *int, n int)  { *p = n }
func serve()               { http.ListenAndServe("", nil) }
func say()                 { fmt.Println("hi"); time.Sleep(time.Second) }

`;

async function spawned(body: string, signature = 'func f(xs []int, c chan int, g func())') {
  const code = await lastCode(`${head}${signature} { ${body} }`);
  const [go] = goStatementsOf(code.root);
  const found = go && spawnedBy(code, go);
  assert.ok(found);
  return { code, found };
}

test('whether a goroutine ends', async () => {
  const ending = async (body: string): Promise<string> => {
    const { found } = await spawned(body);
    return endingOf(found.code, found.fn);
  };
  assert.equal(await ending('go say()'), 'ends');
  assert.equal(await ending('go func() { for i := 0; i < 3; i++ { say() } }()'), 'ends');
  assert.equal(await ending('go func() { for range xs { say() } }()'), 'ends');
  assert.equal(await ending('go func() { g() }()'), 'unknown');
  assert.equal(await ending('go func() { go say() }()'), 'unknown');
  assert.equal(await ending('go func() { for { say() } }()'), 'stays');
  assert.equal(await ending('go func() { c <- 1 }()'), 'stays');
  assert.equal(await ending('go func() { for range c { } }()'), 'stays');
  assert.equal(await ending('go func() { select {} }()'), 'stays');
  assert.equal(await ending('go serve()'), 'stays');
});

test('what a goroutine writes', async () => {
  const writes = async (body: string): Promise<readonly string[]> => {
    const { code, found } = await spawned(body);
    return sharedWrites(code, found).map(
      ({ variable, field, guarded }) =>
        `${variable.name}${field ? `.${field}` : ''}${guarded ? ' guarded' : ''}`,
    );
  };
  assert.deepEqual(await writes('x := 0; go func() { x = 1 }(); _ = x'), ['x']);
  assert.deepEqual(await writes('go func() { xs[0]++ }()'), ['xs']);
  assert.deepEqual(await writes('x := 0; go store(&x, 1); _ = x'), ['x']);
  assert.deepEqual(await writes('b := &box{}; go b.set(1)'), ['b.n']);
  assert.deepEqual(await writes('b := box{}; go func() { b.mu.Lock(); b.n = 1; b.mu.Unlock() }()'), [
    'b.n guarded',
  ]);
  assert.deepEqual(await writes('var n atomic.Int64; go func() { n.Add(1) }()'), ['n guarded']);
  assert.deepEqual(await writes('go func() { x := 0; x = 1; _ = x }()'), []);
  assert.deepEqual(await writes('x := 0; go func(x int) { x = 1 }(x)'), []);
});
