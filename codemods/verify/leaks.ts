// Leaked goroutines before and after: which belong to a change, and what has become of them.

import type { PlannedPlace } from '../plan/plan.ts';
import { type Frame, type Goroutine, goroutinesIn } from './goroutine-dump.ts';

export interface Leak {
  readonly goroutine: Goroutine;
  /** Equal for goroutines that are started by the same function to run the same function, however the code moves. */
  readonly origin: string;
}

/** The leaked goroutines of a leak profile. */
export function leaksOfProfile(profile: string): readonly Leak[] {
  return goroutinesIn(profile)
    .filter(({ leaked }) => leaked)
    .map(leakOf);
}

/** The goroutines that are left in the bubbles of a driver, which prints the stacks of all, its own first. */
export function leaksOfDriver(dumps: string): readonly Leak[] {
  return dumps.split(/\n\n(?=goroutine \d+ \[running, synctest bubble )/).flatMap((dump) => {
    const [own, ...others] = goroutinesIn(dump.trim());
    return others
      .filter(({ bubble, created }) => own && bubble === own.bubble && !isOfTesting(created))
      .map(leakOf);
  });
}

/** Those that make the bubble. */
function isOfTesting(created: Frame | undefined): boolean {
  return created === undefined || /^(?:internal|testing)\/|^testing\./.test(created.name);
}

function leakOf(goroutine: Goroutine): Leak {
  const started = goroutine.frames.at(-1);
  return { goroutine, origin: `${topLevel(started)} from ${topLevel(goroutine.created)}` };
}

/** The declared function around closures, which are numbered, and without type arguments. */
function topLevel(frame: Frame | undefined): string {
  return (frame?.name ?? '?').replace(/\[\.\.\.\]/g, '').replace(/\.(?:func|gowrap|deferwrap)\d.*$/, '');
}

/** Lines, by absolute path. */
export type Places = ReadonlyMap<string, ReadonlySet<number>>;

export function placesOf(root: string, planned: readonly PlannedPlace[]): Places {
  const places = new Map<string, Set<number>>();
  for (const { path, line, endLine } of planned) {
    const lines = places.get(`${root}/${path}`) ?? new Set();
    places.set(`${root}/${path}`, lines);
    for (let i = line; i <= endLine; i++) lines.add(i);
  }
  return places;
}

/** Whether a goroutine hangs, or was started, at one of the places. */
export function isAt(places: Places, { goroutine: { frames, created } }: Leak): boolean {
  return [...frames, ...(created ? [created] : [])].some(({ file, line }) => places.get(file)?.has(line));
}

/**
 * How many of the leaks of these places are left: those after, of the same origins, less those that were there before at
 * other places.
 */
export function leftOf(places: Places, before: readonly Leak[], after: readonly Leak[]): number {
  const origins = new Set(before.filter((leak) => isAt(places, leak)).map(({ origin }) => origin));
  const of = (leaks: readonly Leak[]) => leaks.filter(({ origin }) => origins.has(origin));
  return Math.max(0, of(after).length - of(before).filter((leak) => !isAt(places, leak)).length);
}

/** The origins of which there are more in each of the runs after than in any before. */
export function grown(
  before: readonly (readonly Leak[])[],
  after: readonly (readonly Leak[])[],
): readonly Leak[] {
  const count = (leaks: readonly Leak[], origin: string) =>
    leaks.filter((leak) => leak.origin === origin).length;
  const seen = new Map(after.flat().map((leak) => [leak.origin, leak]));
  return [...seen.values()].filter(({ origin }) => {
    const most = Math.max(...before.map((leaks) => count(leaks, origin)));
    return after.every((leaks) => count(leaks, origin) > most);
  });
}
