// What one keystroke costs: a new version of the file, of its packages, and the findings in it.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  analyze,
  type BuildTarget,
  defaultConfig,
  type GoPackage,
  goPackages,
  type Library,
  type SourceFile,
  sourceFile,
} from '../analysis/index.ts';
import { loadRuntime } from '../analysis/node/runtime.ts';
import { shownTimes } from './times.ts';

const target: BuildTarget = { os: 'linux', arch: 'amd64', tags: [], cgo: true };
const mostEdits = 400;
/** An edit that concerns much of a package is not made so often. */
const mostMilliseconds = 15_000;

/** Prints the median and the 95th percentile over edits in the longest function of a file. */
export async function benchEditor(): Promise<void> {
  const library = await loadRuntime();
  const path = 'generated/generated.go';
  report('a generated file alone', path, [sourceFile(path, generatedText())], library);
  const http = netHttp();
  if (http.length > 0) report('net/http/server.go in its package', 'net/http/server.go', http, library);
}

function report(title: string, path: string, files: readonly SourceFile[], library: Library): void {
  const file = files.find((f) => f.path === path);
  if (!file) return;
  console.log(`\n${title}: ${file.text.split('\n').length} lines, ${files.length} files`);
  const longest = file.declarations.reduce((a, b) => (b.body >= 0 && b.text.length > a.text.length ? b : a));
  const start = file.starts[file.declarations.indexOf(longest)] ?? 0;
  const body = file.text.indexOf('\n', start + longest.body) + 1;
  const parameters = file.text.indexOf(`${longest.names[0]}(`, start) + (longest.names[0]?.length ?? 0) + 1;
  for (const [where, offset, typed] of [
    ['a statement', body, '\tresult := compute(value, 1)\n'],
    ['a parameter', parameters, 'extra string, '],
    ['an unclosed comment', body, '/* a remark '],
  ] as const) {
    console.log(`  typing ${where}: ${shownTimes(type(files, file, offset, typed, library))}`);
  }
}

/** Types a text and deletes it again, a character at a time; the milliseconds that each edit took. */
function type(
  files: readonly SourceFile[],
  first: SourceFile,
  offset: number,
  typed: string,
  library: Library,
): number[] {
  const others = files.filter((f) => f !== first);
  let file = first;
  let packages: readonly GoPackage[] = [];
  const step = (length: number): number => {
    const text = first.text.slice(0, offset) + typed.slice(0, length) + first.text.slice(offset);
    const start = performance.now();
    file = sourceFile(first.path, text, file);
    packages = goPackages({ path: 'bench', files: [...others, file], module: undefined }, target, packages);
    for (const pkg of packages) {
      if (pkg.files.includes(file))
        analyze(pkg, { config: defaultConfig, library, only: new Set([file.path]) });
    }
    return performance.now() - start;
  };
  step(0);
  const times: number[] = [];
  const end = performance.now() + mostMilliseconds;
  while (times.length < mostEdits && performance.now() < end) {
    const length = (times.length + 1) % (2 * typed.length);
    times.push(step(length <= typed.length ? length : 2 * typed.length - length));
  }
  return times;
}

/** A file of about 4,000 lines in which most functions could have a finding. */
function generatedText(): string {
  const functions = Array.from(
    { length: 160 },
    (_, i) => `
func fetch${i}(ctx context.Context, urls []string) error {
	var wg sync.WaitGroup
	client := &http.Client{Timeout: 5 * time.Second}
	for _, url := range urls {
		wg.Add(1)
		go func() {
			defer wg.Done()
			ctx, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
			if err != nil {
				return
			}
			resp, err := client.Do(req)
			if err != nil {
				return
			}
			defer resp.Body.Close()
		}()
	}
	wg.Wait()
	return ctx.Err()
}
`,
  );
  return `package generated\n\nimport (\n\t"context"\n\t"net/http"\n\t"sync"\n\t"time"\n)\n${functions.join('')}`;
}

function netHttp(): readonly SourceFile[] {
  const go = spawnSync('go', ['env', 'GOROOT'], { encoding: 'utf8' });
  const folder = go.status === 0 ? join(go.stdout.trim(), 'src', 'net', 'http') : '';
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.go'))
    .map((name) => sourceFile(`net/http/${name}`, readFileSync(join(folder, name), 'utf8')));
}
