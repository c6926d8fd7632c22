// goleash probe add: writes the file of a probe, and lets a TestMain that is there call the leak check.

import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { readGoFile } from '../../analysis/node/files.ts';
import { commandName, type ExitStatus, exit, type Host } from '../host.ts';
import type { FileWrite } from '../journal/journal.ts';
import { UsageError } from '../problem.ts';
import { tellProblems } from '../run.ts';
import { printable, shellWord, shownPath } from '../terminal.ts';
import { lockedBy, lockedIn, recoverAround, writeFiles } from '../write.ts';
import { fileNameOf, optionsOf, probeText, stampOf } from './file.ts';
import { checkFunction, leakCheckFor } from './leak-check.ts';
import { hasGoleak, needMain, type Place, placeOf, testedPackage } from './place.ts';
import { goFile, type OptionName, type Probe, type ProbeOptions } from './probe.ts';
import { existingProbe, probes } from './probes.ts';
import { type TestMain, testMainsIn } from './test-main.ts';

export interface AddOptions extends ProbeOptions {
  readonly tag?: string;
  readonly quiet?: boolean;
}

/** What is to be written. */
interface Addition {
  readonly probe: Probe;
  readonly packageName: string;
  /** Files that are there and change. */
  readonly edits: readonly FileWrite[];
  /** What is left to a person: lines that begin with a place. */
  readonly byHand: readonly string[];
}

/** Runs the command; throws a UsageError for arguments that cannot be followed. */
export async function addProbe(
  id: string,
  arg: string | undefined,
  options: AddOptions,
  host: Host,
): Promise<ExitStatus> {
  const known = existingProbe(id);
  refuseOthers(known, options);
  const place = placeOf(arg, host);
  recoverAround([place.directory], host);
  if (!known.inTests) needMain(place, id, options.tag, host);
  const mains = known.inTests ? testMainsIn(place.files) : [];
  const other = mains.find(({ checks }) => checks === 'goleak');
  if (other) return tell(`${placeIn(other, host)}: TestMain checks for goroutines already\n`, options, host);
  const addition = known.inTests
    ? leakCheck(place, mains, options, host)
    : { probe: known, packageName: 'main', edits: [], byHand: [] };
  return write(place, addition, options, host);
}

function refuseOthers(probe: Probe, options: AddOptions): void {
  const all = new Set(probes.flatMap((one) => Object.keys(one.options) as OptionName[]));
  for (const name of all) {
    if (options[name] === undefined || name in probe.options) continue;
    const of = probes.filter((one) => name in one.options).map((one) => one.id);
    throw new UsageError(`--${name} is an option of ${of.join(', ')}, not of ${probe.id}`);
  }
}

function leakCheck(place: Place, mains: readonly TestMain[], options: AddOptions, host: Host): Addition {
  const packageName = mains[0]?.file.packageName ?? testedPackage(place);
  const edits: FileWrite[] = [];
  const byHand: string[] = [];
  for (const main of mains) {
    if (main.checks === 'probe') continue;
    const { file, wrapped } = main;
    const locked = lockedBy(file.path);
    const reason =
      options.tag !== undefined
        ? `it would need the probe also without the tag ${options.tag}`
        : file.packageName !== packageName
          ? `it is in package ${file.packageName}, another TestMain in package ${packageName}`
          : (locked ?? ('reason' in wrapped ? wrapped.reason : undefined));
    if (reason === undefined && 'text' in wrapped)
      edits.push({ path: file.path, before: file.text, after: wrapped.text });
    else byHand.push(`${placeIn(main, host)}: TestMain was left alone: ${reason}`);
  }
  // Who sets a time to wait gets the check that has one.
  const goleak = options.grace === undefined && hasGoleak(place.directory);
  return { probe: leakCheckFor({ testMain: mains.length > 0, goleak }), packageName, edits, byHand };
}

function placeIn({ file, line }: TestMain, host: Host): string {
  return `${printable(shownPath(file.path, host.cwd))}:${line}`;
}

function write(
  place: Place,
  { probe, packageName, edits, byHand }: Addition,
  options: AddOptions,
  host: Host,
): ExitStatus {
  const path = `${place.directory}/${fileNameOf(probe)}`;
  const after = probeText(probe, options, { packageName, tag: options.tag, file: goFile(place.names) });
  const before = present(path, host);
  if (before !== undefined) {
    const stamp = stampOf(before);
    const [shown, remove] = [printable(shownPath(path, host.cwd)), removal(probe, place, host)];
    const why = stamp ? stamp.isChanged && 'was changed by hand' : 'is there and no probe';
    if (why) {
      const next = stamp ? `; to replace it, first: ${remove} --force` : '; rename it first';
      host.err(`goleash: ${shown} ${why}: nothing was written${next}\n`);
      return exit.findings;
    }
    if (before === after && edits.length === 0 && byHand.length === 0)
      return tell(`${shown} is there already: ${stamp?.words}\n`, options, host);
  }
  const files: readonly FileWrite[] = [{ path, before, after }, ...edits];
  const locked = lockedIn(place.directory);
  const failed =
    locked === undefined
      ? writeFiles(files, [files.map((file) => file.path)], [place.target], host)
      : new Map([[path, locked]]);
  tellProblems(
    [...failed].map(([file, reason]) => ({ path: file, message: `not written: ${reason}` })),
    host,
  );
  if (failed.size > 0) return exit.incomplete;
  tell(report(path, before !== undefined, probe, edits, place, options, host), options, host);
  for (const line of byHand) host.err(`${line}; write ${checkFunction}(m) there in the place of m.Run()\n`);
  return byHand.length > 0 ? exit.findings : exit.clean;
}

/** The text of the file that is there; undefined if there is none. */
function present(path: string, host: Host): string | undefined {
  if (!existsSync(path)) return undefined;
  const read = readGoFile(path);
  if ('text' in read) return read.text;
  throw new UsageError(`${shownPath(path, host.cwd)}: ${read.skipped}`);
}

function removal({ id }: Probe, { directory }: Place, host: Host): string {
  const shown = shownPath(directory, host.cwd);
  return [commandName(host.env), 'probe', 'remove', id, ...(shown === '.' ? [] : [shellWord(shown)])].join(
    ' ',
  );
}

function report(
  path: string,
  isReplaced: boolean,
  probe: Probe,
  edits: readonly FileWrite[],
  place: Place,
  options: AddOptions,
  host: Host,
): string {
  const show = (file: string) => printable(shownPath(file, host.cwd));
  const lines = [
    `${isReplaced ? 'Replaced' : 'Added'} ${show(path)}: ${probe.hint(optionsOf(probe, options))}`,
    ...edits.map((edit) => `Changed TestMain in ${show(edit.path)}: it calls the check in ${basename(path)}`),
    ...(options.tag === undefined ? [] : [`It is built with -tags ${options.tag} alone`]),
    `To take it out: ${removal(probe, place, host)}`,
  ];
  return `${lines.join('\n')}\n`;
}

function tell(text: string, { quiet }: AddOptions, host: Host): ExitStatus {
  if (!quiet) host.out(text);
  return exit.clean;
}
