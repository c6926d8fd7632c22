// The standard library as data: std.txt holds one section for each package, and a section is cut out when it is
// first asked for.

import type { Library } from '../model/package.ts';
import { sourceFile } from '../syntax/source-file.ts';

/** Stands before the import path of a section, at the start of a line. */
const mark = '\n=== ';

/** The packages of the standard library, each as one text of declarations. */
export interface StandardLibrary extends Library {
  declarations(importPath: string): string | undefined;
}

/** Makes a library of the text of std.txt: sections of `=== import/path` and Go declarations without bodies. */
export function libraryOf(text: string): StandardLibrary {
  let sections: ReadonlyMap<string, Span> | undefined;
  const declarations = (importPath: string): string | undefined => {
    sections ??= sectionsOf(text);
    const section = sections.get(importPath);
    return section && text.slice(section.start, section.end);
  };
  return {
    declarations,
    files(importPath) {
      const section = declarations(importPath);
      return section === undefined ? undefined : [sourceFile(importPath, section)];
    },
  };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function sectionsOf(text: string): ReadonlyMap<string, Span> {
  const sections = new Map<string, Span>();
  let at = text.indexOf(mark);
  while (at >= 0) {
    const start = text.indexOf('\n', at + mark.length) + 1;
    const next = text.indexOf(mark, start - 1);
    sections.set(text.slice(at + mark.length, start - 1), { start, end: next < 0 ? text.length : next + 1 });
    at = next;
  }
  return sections;
}
