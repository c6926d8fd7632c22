// Go source that is added to the tests of a package to see its leaked goroutines.

/** What a generated file depends on. */
export interface LeakTest {
  /** The package clause. */
  readonly package: string;
  /** All names in it start with this; no file of the package has it. */
  readonly prefix: string;
  /** The first part of the names of the files that are written. */
  readonly name: string;
}

/** The environment variable with the folder for what is written. */
export const outputFolder = 'GOLEASH_LEAKS';

/** A prefix that none of the texts has. */
export function freshPrefix(texts: Iterable<string>): string {
  const all = [...texts];
  for (let i = 0; ; i++) {
    const prefix = `goleash${i === 0 ? '' : i}`;
    if (!all.some((text) => text.toLowerCase().includes(prefix))) return prefix;
  }
}

/**
 * Writes the leak profile when the tests of the package have ended. A package with a TestMain decides itself when that
 * is: there the profile is written again and again, which loses nothing, as a leak is for ever.
 */
export function profileTest(
  { package: name, prefix: p, name: file }: LeakTest,
  hasTestMain: boolean,
): string {
  const atEnd = `
func TestMain(m *${p}testing.M) {
	code := m.Run()
	${p}time.Sleep(50 * ${p}time.Millisecond)
	${p}Write()
	${p}os.Exit(code)
}
`;
  const polled = `
func init() {
	go func() {
		for {
			${p}time.Sleep(50 * ${p}time.Millisecond)
			${p}Write()
		}
	}()
}

func TestZz${p}(t *${p}testing.T) {
	${p}time.Sleep(50 * ${p}time.Millisecond)
	${p}Write()
}
`;
  return `package ${name}

import (
	${p}bytes "bytes"
	${p}os "os"
	${p}pprof "runtime/pprof"
	${p}strconv "strconv"
	${p}sync "sync"
	${p}testing "testing"
	${p}time "time"
)

var ${p}Mutex ${p}sync.Mutex
${hasTestMain ? polled : atEnd}
func ${p}Write() {
	${p}Mutex.Lock()
	defer ${p}Mutex.Unlock()
	profile := ${p}pprof.Lookup("goroutineleak")
	if profile == nil {
		return
	}
	var text ${p}bytes.Buffer
	profile.WriteTo(&text, 2)
	path := ${p}os.Getenv("${outputFolder}") + "/${file}-" + ${p}strconv.Itoa(${p}os.Getpid())
	if ${p}os.WriteFile(path+".new", text.Bytes(), 0o600) == nil {
		${p}os.Rename(path+".new", path)
	}
}
`;
}

export interface Call {
  /** Go: `F(1, "a")`. */
  readonly text: string;
  /** Whether a call that hangs says nothing of the function. */
  readonly mustReturn: boolean;
}

/** Calls of functions of the package, for each several with different arguments, by the name of the file written. */
export type Drives = ReadonlyMap<string, readonly Call[]>;

/** The expressions that stand for a live and for a cancelled context in the arguments of a call. */
export const contexts = (prefix: string) => ['ctx', `${prefix}Cancelled()`] as const;

/** What is written in place of the stacks for a call that has panicked. */
const panicMark = 'panicked';

/** How many of the calls have panicked, given what was written. */
export function panicsIn(written: string): number {
  return written.split(`\n${panicMark}\n`).length - 1;
}

/** The name of the test that \`driveTest\` has. */
export const driveTestName = (prefix: string) => `TestZz${prefix}`;

/**
 * Makes each call in a bubble of its own, where days pass at once, and writes the stacks of the goroutines that then are
 * still there.
 */
export function driveTest({ package: name, prefix: p }: LeakTest, drives: Drives): string {
  const calls = [...drives].flatMap(([file, some]) =>
    some.map(
      ({ text, mustReturn }) =>
        `	${p}Try(t, "${file}", ${mustReturn}, func(ctx ${p}context.Context) { ${text} })`,
    ),
  );
  return `package ${name}

import (
	${p}context "context"
	${p}os "os"
	${p}runtime "runtime"
	${p}atomic "sync/atomic"
	${p}testing "testing"
	${p}synctest "testing/synctest"
	${p}time "time"
)

func ${driveTestName(p)}(t *${p}testing.T) {
${calls.join('\n')}
}

func ${p}Cancelled() ${p}context.Context {
	ctx, cancel := ${p}context.WithCancel(${p}context.Background())
	cancel()
	return ctx
}

func ${p}Try(t *${p}testing.T, file string, mustReturn bool, call func(${p}context.Context)) {
	// A bubble in which goroutines are left panics when it ends.
	defer func() { recover() }()
	${p}synctest.Test(t, func(t *${p}testing.T) {
		ctx, cancel := ${p}context.WithCancel(${p}context.Background())
		defer cancel()
		var returned, panicked ${p}atomic.Bool
		go func() {
			defer func() {
				if recover() != nil {
					panicked.Store(true)
				}
			}()
			call(ctx)
			returned.Store(true)
		}()
		${p}time.Sleep(24 * ${p}time.Hour)
		cancel()
		${p}time.Sleep(24 * ${p}time.Hour)
		if panicked.Load() {
			${p}Write(file, "${panicMark}")
		} else if returned.Load() || !mustReturn {
			stacks := make([]byte, 1<<20)
			${p}Write(file, string(stacks[:${p}runtime.Stack(stacks, true)]))
		}
	})
}

func ${p}Write(name, text string) {
	path := ${p}os.Getenv("${outputFolder}") + "/" + name
	file, err := ${p}os.OpenFile(path, ${p}os.O_CREATE|${p}os.O_APPEND|${p}os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	defer file.Close()
	file.WriteString("\\n" + text + "\\n")
}
`;
}
