import type { Probe } from './probe.ts';

/** A logger writes on the goroutine that logs. A program that gives package log another output later undoes it. */
export const goroutineId: Probe = {
  id: 'goroutine-id',
  summary: 'begins each line of package log with the number of the goroutine that logs it',
  options: {},
  inTests: false,
  source: (_, file) => {
    const [bytes, fmt, io, log, runtime] = ['bytes', 'fmt', 'io', 'log', 'runtime'].map(file.name);
    return `${file.imports('bytes', 'fmt', 'io', 'log', 'runtime')}
func init() {
	${log}.SetOutput(goleashProbeGoroutineID{${log}.Writer()})
}

type goleashProbeGoroutineID struct{ out ${io}.Writer }

func (w goleashProbeGoroutineID) Write(line []byte) (int, error) {
	// A stack starts with "goroutine 18 [running]:".
	var buffer [64]byte
	stack := buffer[:${runtime}.Stack(buffer[:], false)]
	id := ${bytes}.TrimPrefix(stack, []byte("goroutine "))
	if end := ${bytes}.IndexByte(id, ' '); end >= 0 {
		id = id[:end]
	}
	if _, err := ${fmt}.Fprintf(w.out, "[goroutine %s] %s", id, line); err != nil {
		return 0, err
	}
	return len(line), nil
}
`;
  },
  hint: () => 'lines of package log now say which goroutine they are from',
};
