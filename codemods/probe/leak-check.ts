import { type GoFile, goDuration, type Probe } from './probe.ts';

/** The function of the probe that stands in for `m.Run` in a TestMain. */
export const checkFunction = 'goleashProbeLeakCheck';

/** The module of a check that many packages have already. */
export const goleakModule = 'go.uber.org/goleak';

/** The probe as it is for one package: with a TestMain if it has none, with goleak if it can import that. */
export function leakCheckFor(has: { readonly testMain: boolean; readonly goleak: boolean }): Probe {
  return {
    id: 'leak-check',
    summary: 'fails the tests of a package that leave goroutines behind',
    // Goleak has a time of its own.
    options: has.goleak ? {} : { grace: '1s' },
    inTests: true,
    source: ({ grace }, file) => {
      const [os, testing] = ['os', 'testing'].map(file.name);
      const paths = has.goleak ? goleakPaths : ownPaths;
      const main = `func TestMain(m *${testing}.M) {\n\t${os}.Exit(${checkFunction}(m))\n}\n\n`;
      const check = has.goleak ? goleakCheck(file) : ownCheck(grace, file);
      return `${file.imports(...paths)}\n${has.testMain ? '' : main}${check}`;
    },
    hint: () => 'go test fails where tests leave goroutines behind',
  };
}

const goleakPaths = ['fmt', 'os', 'testing', goleakModule];

function goleakCheck({ name }: GoFile): string {
  const [fmt, os, testing, goleak] = goleakPaths.map(name);
  return `// ${checkFunction} runs the tests; it fails if they pass and leave goroutines behind.
func ${checkFunction}(m *${testing}.M) int {
	before := ${goleak}.IgnoreCurrent()
	code := m.Run()
	if code != 0 {
		return code
	}
	if err := ${goleak}.Find(before); err != nil {
		${fmt}.Fprintf(${os}.Stderr, "goleash probe: goroutines that the tests leave behind: %v\\n", err)
		return 1
	}
	return 0
}
`;
}

const ownPaths = ['fmt', 'os', 'runtime', 'strings', 'testing', 'time'];

/** What the system and the testing package start once and never end is no leak of a test. */
function ownCheck(grace: string, file: GoFile): string {
  const [fmt, os, runtime, strings, testing, time] = ownPaths.map(file.name);
  return `// ${checkFunction} runs the tests; it fails if they pass and leave goroutines behind that do not end soon.
func ${checkFunction}(m *${testing}.M) int {
	before := goleashProbeGoroutines()
	code := m.Run()
	if code != 0 {
		return code
	}
	for end := ${time}.Now().Add(${goDuration(grace, file)}); ; ${time}.Sleep(10 * ${time}.Millisecond) {
		var left []string
		for id, stack := range goleashProbeGoroutines() {
			if _, known := before[id]; !known {
				left = append(left, stack)
			}
		}
		if len(left) == 0 {
			return 0
		}
		if ${time}.Now().After(end) {
			${fmt}.Fprintf(${os}.Stderr, "goleash probe: goroutines that the tests leave behind: %d\\n\\n%s\\n", len(left), ${strings}.Join(left, "\\n\\n"))
			return 1
		}
	}
}

// goleashProbeGoroutines returns the stacks of all other goroutines by their numbers.
func goleashProbeGoroutines() map[string]string {
	buffer := make([]byte, 1<<16)
	size := ${runtime}.Stack(buffer, true)
	for size == len(buffer) {
		buffer = make([]byte, 2*size)
		size = ${runtime}.Stack(buffer, true)
	}
	stacks := make(map[string]string)
	// The first is the goroutine that asks.
	for _, stack := range ${strings}.Split(${strings}.TrimSpace(string(buffer[:size])), "\\n\\n")[1:] {
		// What these packages start once does not end.
		if ${strings}.Contains(stack, "os/signal.loop") || ${strings}.Contains(stack, "runtime.ensureSigM") {
			continue
		}
		if words := ${strings}.Fields(stack); len(words) > 1 {
			stacks[words[1]] = stack
		}
	}
	return stacks
}
`;
}
