// Which declarations can come to something that goroutines wait for or that starts one, told from texts alone: most
// cannot, and are never parsed. A text says too much rather than too little; `relevance.ts` is exact.

import type { GoPackage } from '../model/package.ts';
import { type Declaration, surfaceOf } from '../syntax/source-file.ts';

/** Words of what starts goroutines, of types that they wait for, and of functions that make such. */
const makers =
  /\b(?:go|chan|Go|TryGo|AfterFunc|NewCond|With(?:Cancel|Timeout|Deadline)(?:Cause)?|Mutex|RWMutex|WaitGroup|Cond|Once|Group)\b/;
/** A variable or a collection of contexts, and a `make` of a type of another package. */
const others = /\bvar\s+[\w\s,]+\s(?:\w+\.)?Context\b|\](?:\w+\.)?Context\b|\bmake\(\s*\w+\.\w+\s*[,)]/;
/** The header of a function whose result loops may range over, without its own `func`. */
const iterator = /Seq|func\s*\(/;
/** Types that lead to what goroutines wait for. */
const primitive = /\b(?:chan|Mutex|RWMutex|WaitGroup|Cond|Once|Group|Context)\b/;

/** What the text of a declaration says, whatever package it is in. */
interface Text {
  readonly makes: boolean;
  /** What may be a function that is called or handed on. */
  readonly calls: ReadonlySet<string>;
}

/** What follows from the surface of a package. */
interface Names {
  /** Functions and methods, by their own names. */
  readonly functions: ReadonlySet<string>;
  /** Types that lead to what goroutines wait for; undefined if there are none. */
  readonly carrying: RegExp | undefined;
}

interface Reach {
  readonly pkg: GoPackage;
  /** The names of functions and methods of which one can come to it. */
  readonly reaching: ReadonlySet<string>;
}

const texts = new WeakMap<Declaration, Text>();
const names = new WeakMap<object, Names>();
/** The newest for each surface. */
const reaches = new WeakMap<object, Reach>();

/** Tells of each declaration of the package whether it can come to something that goroutines wait for or that starts one. */
export function mayReach(pkg: GoPackage): (declaration: Declaration) => boolean {
  const known = namesOf(pkg);
  const { reaching } = reachOf(pkg, known);
  return (declaration) => makes(declaration, known) || anyOf(textOf(declaration).calls, reaching);
}

/** The names of functions and methods of which one can come to it. */
export function reachingIn(pkg: GoPackage): ReadonlySet<string> {
  return reachOf(pkg, namesOf(pkg)).reaching;
}

function reachOf(pkg: GoPackage, known: Names): Reach {
  const last = reaches.get(pkg.surface);
  if (last?.pkg === pkg) return last;
  const isSame = last && isAlike(last.pkg, pkg, known);
  const made = { pkg, reaching: isSame ? last.reaching : reachedFrom(pkg, known) };
  if (!pkg.trialOf) reaches.set(pkg.surface, made);
  return made;
}

/** Whether two versions of a package with one surface call and make the same. */
function isAlike(before: GoPackage, after: GoPackage, known: Names): boolean {
  return before.files.every((file, i) => {
    const now = after.files[i];
    if (file === now) return true;
    return (
      file.declarations.length === now?.declarations.length &&
      file.declarations.every((old, j) => {
        const declaration = now.declarations[j];
        return old === declaration || (declaration !== undefined && saysTheSame(old, declaration, known));
      })
    );
  });
}

function saysTheSame(old: Declaration, now: Declaration, known: Names): boolean {
  const calls = (d: Declaration): string => [...textOf(d).calls].filter((c) => known.functions.has(c)).join();
  return makes(old, known) === makes(now, known) && calls(old) === calls(now);
}

/** From those that make something back to those that call them, by name. */
function reachedFrom(pkg: GoPackage, known: Names): ReadonlySet<string> {
  const callers = new Map<string, Set<string>>();
  const reaching = new Set<string>();
  for (const declaration of pkg.files.flatMap((file) => file.declarations)) {
    const [name] = declaration.names;
    if (declaration.kind !== 'func' || name === undefined) continue;
    if (makes(declaration, known)) reaching.add(name);
    for (const call of textOf(declaration).calls) {
      if (!known.functions.has(call)) continue;
      const ofCall = callers.get(call) ?? new Set();
      callers.set(call, ofCall.add(name));
    }
  }
  for (const name of reaching) for (const caller of callers.get(name) ?? []) reaching.add(caller);
  return reaching;
}

function makes(declaration: Declaration, { carrying }: Names): boolean {
  return textOf(declaration).makes || (carrying?.test(bodyOf(declaration)) ?? false);
}

function textOf(declaration: Declaration): Text {
  let text = texts.get(declaration);
  if (!text) {
    const body = bodyOf(declaration);
    const isMaker =
      makers.test(body) || others.test(body) || iterator.test(surfaceOf(declaration).slice('func'.length));
    text = {
      makes: isMaker,
      calls: new Set(body.match(/[A-Za-z_\x80-\uffff][\w\x80-\uffff]*(?=\s*[([,)])/g)),
    };
    texts.set(declaration, text);
  }
  return text;
}

/** The body of a function, or the whole of another declaration. */
function bodyOf({ body, text }: Declaration): string {
  return body < 0 ? text : text.slice(body);
}

function namesOf(pkg: GoPackage): Names {
  let known = names.get(pkg.surface);
  if (!known) {
    const all = pkg.files.flatMap((file) => file.declarations);
    const functions = new Set(all.flatMap((d) => (d.kind === 'func' ? (d.names[0] ?? []) : [])));
    known = { functions, carrying: carryingAmong(all.filter((d) => d.kind === 'type')) };
    names.set(pkg.surface, known);
  }
  return known;
}

/** Types whose declarations name a primitive or another of them. */
function carryingAmong(types: readonly Declaration[]): RegExp | undefined {
  const carrying = new Set<string>();
  let left = types;
  for (let pattern = primitive; ; ) {
    const found = left.filter(({ text }) => pattern.test(text));
    if (found.length === 0) break;
    for (const name of found.flatMap((type) => type.names)) carrying.add(name);
    left = left.filter((type) => !found.includes(type));
    pattern = wordsOf(carrying);
  }
  return carrying.size > 0 ? wordsOf(carrying) : undefined;
}

function wordsOf(found: ReadonlySet<string>): RegExp {
  // Without a boundary in front of other letters than those of ASCII, which find too much rather than too little.
  return new RegExp([...found].map((name) => (/^\w+$/.test(name) ? `\\b${name}\\b` : name)).join('|'));
}

function anyOf(words: ReadonlySet<string>, set: ReadonlySet<string>): boolean {
  for (const word of words) if (set.has(word)) return true;
  return false;
}
