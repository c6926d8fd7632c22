// What functions outside the package do with the functions that they are given.

/** On which goroutine a function is run, and when. */
export type Runs =
  /** On the caller's goroutine, before the call returns. */
  | 'call'
  /** So as well, but at most once for one receiver. */
  | 'once'
  /** Once, on a goroutine of its own. */
  | 'go'
  /** Any number of times, and at the same time as itself. */
  | 'concurrent'
  /** When the surrounding test or function ends, on its goroutine. */
  | 'defer'
  /** Nobody knows when, or where. */
  | 'unknown';

export interface LibraryCall {
  /** The position of the argument. */
  readonly argument: number;
  readonly runs: Runs;
  /** Not the argument is called but this method of it. */
  readonly method?: string;
}

/** By callee, as `Callee.name` has it. */
const table: ReadonlyMap<string, LibraryCall> = new Map([
  ...each('go', 0, 'sync.WaitGroup.Go', 'golang.org/x/sync/errgroup.Group.Go'),
  ...each('go', 0, 'golang.org/x/sync/errgroup.Group.TryGo', 'github.com/sourcegraph/conc.WaitGroup.Go'),
  ...each(
    'go',
    0,
    'github.com/sourcegraph/conc/pool.Pool.Go',
    'github.com/sourcegraph/conc/pool.ContextPool.Go',
  ),
  ...each('go', 1, 'time.AfterFunc', 'context.AfterFunc', 'golang.org/x/sync/singleflight.Group.DoChan'),
  ...each('go', 1, 'runtime.SetFinalizer', 'runtime.AddCleanup'),
  ...each('concurrent', 1, 'net/http.HandleFunc', 'net/http.ServeMux.HandleFunc'),
  ...each('concurrent', 0, 'testing.B.RunParallel'),
  ...each('defer', 0, 'testing.T.Cleanup', 'testing.B.Cleanup', 'testing.F.Cleanup', 'testing.TB.Cleanup'),
  ...each('once', 0, 'sync.Once.Do'),
  ...each('call', 0, 'sync.Map.Range', 'testing/synctest.Run', 'testing.AllocsPerRun', 'testing.Benchmark'),
  ...each('call', 0, 'flag.Visit', 'flag.VisitAll', 'flag.FlagSet.VisitAll', 'testing.F.Fuzz', 'expvar.Do'),
  ...each('call', 1, 'testing.T.Run', 'testing.B.Run', 'testing/synctest.Test'),
  ...each('call', 1, 'io/fs.WalkDir', 'path/filepath.Walk', 'path/filepath.WalkDir', 'go/ast.Inspect'),
  ...each('call', 1, 'golang.org/x/sync/singleflight.Group.Do'),
  ...each('call', 2, 'runtime/pprof.Do'),
  ['net/http.Handle', { argument: 1, runs: 'concurrent', method: 'ServeHTTP' }],
  ['net/http.ServeMux.Handle', { argument: 1, runs: 'concurrent', method: 'ServeHTTP' }],
  ['net/http.ListenAndServe', { argument: 1, runs: 'concurrent', method: 'ServeHTTP' }],
  ['net/http.ListenAndServeTLS', { argument: 3, runs: 'concurrent', method: 'ServeHTTP' }],
  ['net/http.Serve', { argument: 1, runs: 'concurrent', method: 'ServeHTTP' }],
  ['net/http/httptest.NewServer', { argument: 0, runs: 'concurrent', method: 'ServeHTTP' }],
  ['net/http/httptest.NewTLSServer', { argument: 0, runs: 'concurrent', method: 'ServeHTTP' }],
  ['net/http/httptest.NewUnstartedServer', { argument: 0, runs: 'concurrent', method: 'ServeHTTP' }],
]);

function each(runs: Runs, argument: number, ...names: readonly string[]): [string, LibraryCall][] {
  return names.map((name) => [name, { argument, runs }]);
}

/** What a function does with one of the functions that it is given; undefined if that is not known. */
export function libraryCall(callee: string, argument: number): LibraryCall | undefined {
  const known = table.get(callee);
  if (known?.argument === argument) return known;
  return callsAtOnce.test(callee) ? { argument, runs: 'call' } : undefined;
}

/** Packages whose functions call what they are given before they return, and keep nothing of it. */
const callsAtOnce = /^(?:slices|maps|sort|strings|bytes|iter)\./;

/** By field, as `import/path.Type.Field`: how often and where the function in it is called. */
const fields: ReadonlyMap<string, LibraryCall> = new Map<string, LibraryCall>([
  ['net/http.Server.Handler', { argument: 0, runs: 'concurrent', method: 'ServeHTTP' }],
  ['net/http.Server.ConnState', { argument: 0, runs: 'concurrent' }],
  ['net/http.Server.ConnContext', { argument: 0, runs: 'concurrent' }],
  ['net/http.Client.CheckRedirect', { argument: 0, runs: 'concurrent' }],
  ['net/http.Client.Transport', { argument: 0, runs: 'concurrent', method: 'RoundTrip' }],
  ['net/http.Transport.DialContext', { argument: 0, runs: 'concurrent' }],
  ['sync.Pool.New', { argument: 0, runs: 'concurrent' }],
]);

/** What is done with a function or handler in a field of a type of another package. */
export function libraryField(field: string): LibraryCall | undefined {
  return fields.get(field);
}
