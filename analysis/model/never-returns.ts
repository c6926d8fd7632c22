// Calls after which control does not come back: they end the process or the goroutine.

const functions: ReadonlySet<string> = new Set([
  'builtin.panic',
  'os.Exit',
  'syscall.Exit',
  'runtime.Goexit',
  ...['Fatal', 'Fatalf', 'Fatalln', 'Panic', 'Panicf', 'Panicln'].flatMap((f) => [
    `log.${f}`,
    `log.Logger.${f}`,
    `github.com/sirupsen/logrus.${f}`,
  ]),
  ...['T', 'B', 'F', 'TB'].flatMap((t) =>
    ['Fatal', 'Fatalf', 'FailNow', 'Skip', 'Skipf', 'SkipNow'].map((f) => `testing.${t}.${f}`),
  ),
  ...['k8s.io/klog.', 'k8s.io/klog/v2.', 'github.com/golang/glog.'].flatMap((p) =>
    ['Fatal', 'Fatalf', 'Fatalln', 'FatalDepth', 'Exit', 'Exitf', 'Exitln', 'ExitDepth'].map((f) => p + f),
  ),
]);

/** Whether a callee, named as in `Callee.name`, never returns to its caller. */
export function neverReturns(callee: string): boolean {
  return functions.has(callee);
}

/** Whether the name of a function, in whatever package, says that it may end the goroutine or the process, or panic. */
export function mayNotReturn(callee: string): boolean {
  return /\.(?:Fatal|Fail|Panic|Abort|Exit|Skip|Throw|Must)\w*$/i.test(callee);
}
