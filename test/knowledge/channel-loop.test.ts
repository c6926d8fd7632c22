// Loops over channels that get a way out.

import { describe, test } from 'node:test';
import { assertCompiles, becomes, out, stays } from './rewritten.ts';

describe('a loop over a channel', () => {
  test('asks for the next value and the way out', () =>
    becomes(
      'for v := range in { // all\n\t// Each.\n\tuse(v)\n\tif v > 1 {\n\t\tbreak\n\t}\n}\nuse(1)\nreturn nil',
      'v := range',
      `
loop:
for {
	select {
	case v, ok := <-in: // all
		if !ok {
			break loop
		}
		// Each.
		use(v)
		if v > 1 {
			break loop
		}
	case <-ctx.Done():
		return ctx.Err()
	}
}
use(1)
return nil`,
    ));

  test('returns where the function ends with it', () =>
    becomes(
      'return run(func() {\n\tfor range in {\n\t\tuse(1)\n\t}\n})',
      'range',
      `
return run(func() {
	for {
		select {
		case _, ok := <-in:
			if !ok {
				return
			}
			use(1)
		case <-ctx.Done():
			return
		}
	}
})`,
      { ...out, leave: 'return' },
    ));

  test('keeps its label', () =>
    becomes(
      'all:\nfor v := range in {\n\tfor {\n\t\tuse(v)\n\t\tcontinue all\n\t}\n}\nreturn nil',
      'v := range',
      `
all:
for {
	select {
	case v, ok := <-in:
		if !ok {
			break all
		}
		for {
			use(v)
			continue all
		}
	case <-ctx.Done():
		return ctx.Err()
	}
}
return nil`,
    ));

  test('over what may change, into a variable of outside, or a long one', async () => {
    await stays('for v := range func() chan int { return in }() {\n\tuse(v)\n}\nreturn nil', 'v := range');
    await stays('v := 1\nfor v = range in {\n\tuse(v)\n}\nreturn nil', 'v = range');
    await stays('for v := range in {\n\tuse(v)\n\tin = out\n}\nreturn nil', 'v := range');
    await stays(`for v := range in {\n${'\tuse(v)\n'.repeat(25)}}\nreturn nil`, 'v := range');
  });
});

test('what comes out is in gofmt form and compiles', () => assertCompiles(3));
