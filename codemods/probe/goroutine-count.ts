import { goDuration, type Probe } from './probe.ts';

/**
 * A timer that sets itself again, for a goroutine that waits would count itself. It asks for the logger at each turn, so that
 * what main sets up later holds, and it ends with main.
 */
export const goroutineCount: Probe = {
  id: 'goroutine-count',
  summary: 'logs the number of goroutines and the memory in use at an interval, until main ends',
  options: { interval: '10s' },
  inTests: false,
  source: ({ interval }, file) => {
    const [log, runtime, time] = ['log', 'runtime', 'time'].map(file.name);
    return `${file.imports('log', 'runtime', 'time')}
const goleashProbeInterval = ${goDuration(interval, file)}

func init() {
	${time}.AfterFunc(goleashProbeInterval, goleashProbeGoroutineCount)
}

func goleashProbeGoroutineCount() {
	var memory ${runtime}.MemStats
	${runtime}.ReadMemStats(&memory)
	// All but the one that counts, which ends here.
	${log}.Printf("goleash probe: %d goroutines, %d MB in use", ${runtime}.NumGoroutine()-1, memory.Alloc>>20)
	${time}.AfterFunc(goleashProbeInterval, goleashProbeGoroutineCount)
}
`;
  },
  hint: ({ interval }) => `it logs the number of goroutines every ${interval}`,
};
