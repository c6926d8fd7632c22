// Go itself judges the golden files: they are in gofmt form, compile, and go vet finds nothing that it does not
// find before the fix. The user's files are never touched: Go reads the fixed ones through an overlay.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { refactorings } from '../analysis/index.ts';
import { fixFixture, preferred, preferredSafe, type Texts } from './support/fix-fixture.ts';
import { type Fixture, fixtureIds, fixtureLibrary, readFixture } from './support/fixture.ts';
import { go, unformatted, whyNoGo } from './support/go-command.ts';
import { assertNone } from './support/problems.ts';
import { readRefactoringCases } from './support/refactoring-fixture.ts';

const reason = whyNoGo();
if (reason) {
  console.log(`compile.test.ts: ${reason}`);
  test('golden files under the Go toolchain', { skip: reason });
} else {
  await testWithGo();
}

async function testWithGo(): Promise<void> {
  const library = await fixtureLibrary();
  const fixtures = fixtureIds().map(readFixture);
  const cases = refactorings.flatMap(({ id }) => readRefactoringCases(id));
  const folder = mkdtempSync(join(tmpdir(), 'goleash-compile-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const rounds = new Map<string, Texts>();
  const all = [...fixtures, ...cases];
  const most = Math.max(0, ...all.map((fixture) => fixIds(fixture).length));
  for (let i = 0; i < most; i++) rounds.set(`golden sections, ${i + 1} of ${most}`, goldenRound(all, i));
  rounds.set('all preferred safe fixes', merged(fixtures.map((f) => fixFixture(f, library, preferredSafe))));
  rounds.set('all preferred fixes', merged(fixtures.map((f) => fixFixture(f, library, preferred))));

  test('the fixtures compile and are in gofmt form', () => {
    assertNone(build([]), 'go build says');
    assertNone(
      unformatted(
        withoutCarriageReturns(new Map(all.flatMap((f) => f.files.map((file) => [file.path, file.text])))),
      ),
      'gofmt would change',
    );
  });

  const baseline = vet([]);
  let count = 0;
  for (const [title, texts] of rounds) {
    test(title, () => {
      const overlay = writeOverlay(join(folder, String(count++)), texts);
      assertNone(unformatted(withoutCarriageReturns(overlay.written)), 'gofmt would change');
      assertNone(build(['-overlay', overlay.map]), 'go build says');
      assertNone(newLines(baseline, vet(['-overlay', overlay.map])), 'new in go vet');
    });
  }
}

/** The paths of the texts that gofmt, which writes only \n, could leave alone. */
function withoutCarriageReturns(texts: Texts): readonly string[] {
  return [...texts].filter(([, text]) => !text.includes('\r')).map(([path]) => path);
}

/** The fix ids that have sections in a fixture. All files of a package take the same one at a time. */
function fixIds(fixture: Fixture): readonly string[] {
  return [...new Set(fixture.files.flatMap((file) => [...file.golden.keys()]))];
}

function goldenRound(fixtures: readonly Fixture[], index: number): Texts {
  const texts = new Map<string, string>();
  for (const fixture of fixtures) {
    const id = fixIds(fixture)[index];
    for (const file of fixture.files) {
      const text = id === undefined ? undefined : file.golden.get(id);
      if (text !== undefined) texts.set(file.path, text);
    }
  }
  return texts;
}

function merged(parts: readonly Texts[]): Texts {
  return new Map(parts.flatMap((part) => [...part]));
}

/** Writes the texts to a folder, and the JSON that maps the fixtures to them. */
function writeOverlay(folder: string, texts: Texts): { map: string; written: ReadonlyMap<string, string> } {
  const replace: Record<string, string> = {};
  const written = new Map<string, string>();
  for (const [path, text] of texts) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
    written.set(target, text);
    replace[resolve(path)] = target;
  }
  mkdirSync(folder, { recursive: true });
  const map = join(folder, 'overlay.json');
  writeFileSync(map, JSON.stringify({ Replace: replace }));
  return { map, written };
}

/** What `go build` complains of. */
function build(flags: readonly string[]): readonly string[] {
  const { status, output } = go(['build', ...flags, './...'], 'fixtures');
  return status === 0 ? [] : (output || 'it failed').trim().split('\n');
}

/** The complaints of `go vet`, without positions, which move when a file is edited. */
function vet(flags: readonly string[]): readonly string[] {
  const { output } = go(['vet', ...flags, './...'], 'fixtures');
  return output
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) =>
      line.replace(
        /^(?:vet: )?(\S+?\.go):[\d:]* */,
        (_, path: string) => `${basename(dirname(path))}/${basename(path)}: `,
      ),
    )
    .map((line) => line.replace(/\bline \d+/g, 'line N'));
}

function newLines(before: readonly string[], now: readonly string[]): readonly string[] {
  const known = [...before];
  return now.filter((line) => {
    const index = known.indexOf(line);
    if (index >= 0) known.splice(index, 1);
    return index < 0;
  });
}
