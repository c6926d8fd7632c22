import type { Probe } from './probe.ts';

export const signals = ['USR1', 'USR2', 'QUIT'] as const;

/** Windows has no such signals: there the file is not built. What is written goes to standard error, whatever main logs to. */
export const stackDump: Probe = {
  id: 'stack-dump',
  summary: 'writes the stacks of all goroutines to standard error on a signal (not on Windows)',
  options: { signal: 'USR1' },
  inTests: false,
  constraint: 'unix',
  source: ({ signal }, file) => {
    const paths = ['fmt', 'log', 'os', 'os/signal', 'runtime', 'runtime/pprof', 'syscall'];
    const [fmt, log, os, signalling, runtime, pprof, syscall] = paths.map(file.name);
    return `${file.imports(...paths)}
func init() {
	received := make(chan ${os}.Signal, 1)
	${signalling}.Notify(received, ${syscall}.SIG${signal})
	go func() {
		for range received {
			var memory ${runtime}.MemStats
			${runtime}.ReadMemStats(&memory)
			${fmt}.Fprintf(${os}.Stderr, "goleash probe: %d goroutines, %d MB in use\\n\\n", ${runtime}.NumGoroutine(), memory.Alloc>>20)
			if err := ${pprof}.Lookup("goroutine").WriteTo(${os}.Stderr, 2); err != nil {
				${log}.Printf("goleash probe: the stacks cannot be written: %v", err)
			}
			${fmt}.Fprint(${os}.Stderr, "\\ngoleash probe: end of the stacks\\n")
		}
	}()
}
`;
  },
  hint: ({ signal }) => `kill -${signal} PID makes it write all stacks to standard error`,
};
