// Goroutines as the Go runtime prints them: in its leak profile, and in the stacks of all goroutines.

export interface Goroutine {
  /** What it waits for, or `running`: `chan send`, `sync.Mutex.Lock`. */
  readonly state: string;
  /** Whether the runtime says that it can never go on. */
  readonly leaked: boolean;
  /** The number of its testing/synctest bubble. */
  readonly bubble: string | undefined;
  /** The innermost first. */
  readonly frames: readonly Frame[];
  /** The `go` statement that started it: the function that holds it. */
  readonly created: Frame | undefined;
}

export interface Frame {
  /** With its package: `example.com/m/a.(*T).run.func1`. */
  readonly name: string;
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
}

/** The goroutines of a dump, in its order. */
export function goroutinesIn(dump: string): readonly Goroutine[] {
  return dump.split(/\n\n(?=goroutine )/).flatMap((text) => {
    const lines = text.split('\n');
    const status = /^goroutine \d+.*? \[(.*)\]:/.exec(lines[0] ?? '')?.[1];
    if (status === undefined) return [];
    const [state = ''] = status.split(/,| \((?:leaked|durable|scan)/);
    return [
      {
        state,
        leaked: status.includes('(leaked)'),
        bubble: /synctest bubble (\d+)/.exec(status)?.[1],
        ...framesIn(lines.slice(1)),
      },
    ];
  });
}

function framesIn(lines: readonly string[]): Pick<Goroutine, 'frames' | 'created'> {
  const frames: Frame[] = [];
  let created: Frame | undefined;
  lines.forEach((line, i) => {
    const [, file, number] = /^\t(.*):(\d+)(?: \+0x[0-9a-f]+)?$/.exec(lines[i + 1] ?? '') ?? [];
    if (file === undefined || line.startsWith('\t')) return;
    const creator = /^created by (.*?)(?: in goroutine \d+)?$/.exec(line)?.[1];
    const called = /^(.*?)\((?:0x|\{|_|\.\.\.|\))/.exec(line)?.[1] ?? line;
    const frame = { name: creator ?? called, file: file.replaceAll('\\', '/'), line: Number(number) };
    if (creator === undefined) frames.push(frame);
    else created = frame;
  });
  return { frames, created };
}
