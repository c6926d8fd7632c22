// Every position that a send, receive or select can stand in: what becomes of it, and that Go takes it.

import { describe, test } from 'node:test';
import { assertCompiles, becomes, out, stays } from './rewritten.ts';

describe('in place', () => {
  test('a send keeps its comments', () =>
    becomes(
      '// Above.\nout <- next() // beside\n// Below.\nreturn nil',
      'out <-',
      `
// Above.
select {
case out <- next(): // beside
case <-ctx.Done():
	return ctx.Err()
}
// Below.
return nil`,
    ));

  test('a comment that stood in a column with others', () =>
    becomes(
      'use(1)\nout <- 1     // one\nuse(2, 3, 4) // two\nreturn nil',
      'out <-',
      `
use(1)
select {
case out <- 1: // one
case <-ctx.Done():
	return ctx.Err()
}
use(2, 3, 4) // two
return nil`,
    ));

  test('a send of several lines', () =>
    becomes(
      'out <- func() int {\n\tuse(1)\n\treturn 2\n}()\nreturn nil',
      'out <-',
      `
select {
case out <- func() int {
	use(1)
	return 2
}():
case <-ctx.Done():
	return ctx.Err()
}
return nil`,
    ));

  test('a bare receive, one in parentheses, and an assignment', async () => {
    await becomes('<-in\nreturn nil', '<-in', `${inCase('<-in')}\nreturn nil`);
    await becomes('(<-in)\nreturn nil', '<-in', `${inCase('(<-in)')}\nreturn nil`);
    await becomes('p.a = <-in\nreturn nil', '<-in', `${inCase('p.a = <-in')}\nreturn nil`);
    await becomes(
      'var ok bool\np.a, ok = <-in\nuse(ok)\nreturn nil',
      '<-in',
      `var ok bool\n${inCase('p.a, ok = <-in')}\nuse(ok)\nreturn nil`,
    );
  });

  test('in a case, and in a block on one line', async () => {
    await becomes(
      'switch next() {\ncase 1:\n\tout <- 1\ndefault:\n}\nreturn nil',
      'out <-',
      `
switch next() {
case 1:
	select {
	case out <- 1:
	case <-ctx.Done():
		return ctx.Err()
	}
default:
}
return nil`,
    );
    await becomes(
      'return run(func() { out <- 1 })',
      'out <-',
      `
return run(func() {
	select {
	case out <- 1:
	case <-ctx.Done():
	}
})`,
      { ...out, leave: undefined },
    );
  });

  test('with something before and something first', () =>
    becomes(
      'out <- 1\nreturn nil',
      'out <-',
      `
prepare := 1
select {
case out <- 1:
	use(prepare)
case <-ctx.Done():
	return ctx.Err()
}
return nil`,
      { ...out, before: 'prepare := 1', otherwise: 'use(prepare)' },
    ));

  test('where its value goes is found out before it is received', () =>
    stays('xs := []int{1}\nxs[next()] = <-in\nreturn nil', '<-in'));
});

describe('a declaration', () => {
  test('takes the little that follows it in', () =>
    becomes(
      'v := <-in // wait\n\n// Use it.\nuse(v, `a\nb`)\nreturn nil // done',
      '<-in',
      `
select {
case v := <-in: // wait

	// Use it.
	use(v, \`a
b\`)
	return nil // done
case <-ctx.Done():
	return ctx.Err()
}`,
    ));

  test('stands before where more follows', () =>
    becomes(
      'v, ok := <-in\nuse(1)\nuse(2)\nuse(v)\nuse(ok)\nreturn nil',
      '<-in',
      `
var (
	v  int
	ok bool
)
${inCase('v, ok = <-in')}
use(1)
use(2)
use(v)
use(ok)
return nil`,
    ));

  test('declares only what is new', () =>
    becomes(
      'ok := true\nv, ok := <-in\nuse(1)\nuse(2)\nuse(v)\nuse(ok)\nreturn nil',
      '<-in',
      `ok := true\nvar v int\n${inCase('v, ok = <-in')}\nuse(1)\nuse(2)\nuse(v)\nuse(ok)\nreturn nil`,
    ));

  test('does not take a comment at the end of the block, a break or a fallthrough in', async () => {
    await becomes(
      'for {\n\tv := <-in\n\tuse(v)\n\t// Again.\n}',
      '<-in',
      `
for {
	var v int
	select {
	case v = <-in:
	case <-ctx.Done():
		return ctx.Err()
	}
	use(v)
	// Again.
}`,
    );
    await becomes(
      'for {\n\tv := <-in\n\tif v > 1 {\n\t\tbreak\n\t}\n}\nreturn nil',
      '<-in',
      `
for {
	var v int
	select {
	case v = <-in:
	case <-ctx.Done():
		return ctx.Err()
	}
	if v > 1 {
		break
	}
}
return nil`,
    );
    await becomes(
      'switch {\ncase true:\n\tv := <-in\n\tuse(v)\n\tfallthrough\ndefault:\n}\nreturn nil',
      '<-in',
      `
switch {
case true:
	var v int
	select {
	case v = <-in:
	case <-ctx.Done():
		return ctx.Err()
	}
	use(v)
	fallthrough
default:
}
return nil`,
    );
  });

  test('is not jumped over', async () => {
    await stays('again:\nv := <-in\nif v > 1 {\n\tgoto again\n}\nreturn nil', '<-in');
  });

  test('of a type that has no name here', () =>
    stays(
      'things := make(chan struct{ a int })\nv := <-things\nuse(1)\nuse(2)\nuse(3)\nuse(v)\nreturn nil',
      '<-things',
    ));
});

describe('a part of a statement', () => {
  test('that is received first', async () => {
    await becomes(
      'use("v", <-in)\nreturn nil',
      '<-in',
      'select {\ncase v := <-in:\n\tuse("v", v)\ncase <-ctx.Done():\n\treturn ctx.Err()\n}\nreturn nil',
    );
    await becomes(
      'p.a += (<-in)\nreturn nil',
      '<-in',
      'select {\ncase v := <-in:\n\tp.a += v\ncase <-ctx.Done():\n\treturn ctx.Err()\n}\nreturn nil',
    );
    await becomes(
      'go use(<-in)\ndefer use(1)\nreturn nil',
      '<-in',
      'select {\ncase v := <-in:\n\tgo use(v)\ncase <-ctx.Done():\n\treturn ctx.Err()\n}\ndefer use(1)\nreturn nil',
    );
    await becomes(
      'out <- <-in\nreturn nil',
      '<-in',
      'select {\ncase v := <-in:\n\tout <- v\ncase <-ctx.Done():\n\treturn ctx.Err()\n}\nreturn nil',
    );
  });

  test('in the head of an if or switch', async () => {
    await becomes(
      'for {\n\tif v, ok := <-in; !ok {\n\t\t// The end.\n\t\tbreak\n\t} else {\n\t\tuse(v)\n\t}\n}\nreturn nil',
      '<-in',
      `
loop:
for {
	select {
	case v, ok := <-in:
		if !ok {
			// The end.
			break loop
		} else {
			use(v)
		}
	case <-ctx.Done():
		return ctx.Err()
	}
}
return nil`,
    );
    await becomes(
      'switch v := kind(<-in).(type) {\ncase int:\n\tuse(v)\n\tbreak\n}\nreturn nil',
      '<-in',
      `
select {
case v2 := <-in:
	switch v := kind(v2).(type) {
	case int:
		use(v)
		break
	}
case <-ctx.Done():
	return ctx.Err()
}
return nil`,
    );
    await becomes(
      'if out <- 1; p.a > 1 {\n\tuse(1)\n}\nreturn nil',
      'out <-',
      'select {\ncase out <- 1:\n\tif p.a > 1 {\n\t\tuse(1)\n\t}\ncase <-ctx.Done():\n\treturn ctx.Err()\n}\nreturn nil',
    );
  });

  test('of a declaration', () =>
    becomes(
      'text := kind(<-in)\nuse(text)\nreturn nil',
      '<-in',
      `var v int\n${inCase('v = <-in')}\ntext := kind(v)\nuse(text)\nreturn nil`,
    ));

  test('that comes after something else, or not always', async () => {
    await stays('use(next(), <-in)\nreturn nil', '<-in');
    await stays('use(<-out, <-in)\nreturn nil', '<-in');
    await stays('if p.a > 1 && <-in > 1 {\n\tuse(1)\n}\nreturn nil', '<-in');
    await stays('if p.a > 1 {\n\tuse(1)\n} else if <-in > 1 {\n\tuse(2)\n}\nreturn nil', '<-in');
    await stays('for <-in > 1 {\n\tuse(1)\n}\nreturn nil', '<-in');
    await stays('switch 1 {\ncase <-in:\n\tuse(1)\n}\nreturn nil', '<-in');
    await stays('select {\ncase out <- <-in:\ncase <-out:\n}\nreturn nil', '<-in');
  });
});

describe('a select', () => {
  test('gets a last case', () =>
    becomes(
      'select {\ncase <-in:\n\tuse(1)\n// Or this.\ncase out <- 1:\n\t// Nothing.\n}\nreturn nil',
      'select',
      'select {\ncase <-in:\n\tuse(1)\n// Or this.\ncase out <- 1:\n\t// Nothing.\ncase <-ctx.Done():\n\treturn ctx.Err()\n}\nreturn nil',
    ));

  test('without cases becomes a receive', () =>
    becomes('select {}', 'select', '<-ctx.Done()\nreturn ctx.Err()'));
});

test('what comes out is in gofmt form and compiles', () => assertCompiles(20));

function inCase(communication: string): string {
  return `select {\ncase ${communication}:\ncase <-ctx.Done():\n\treturn ctx.Err()\n}`;
}
