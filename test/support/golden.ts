// Golden files: txtar archives with one section per fix id, `-- defer-cancel --`, each holding a whole fixed file.

const sectionLine = /^-- (\S+) --$/;

/** The sections of an archive by name, in order. */
export function parseGolden(archive: string): ReadonlyMap<string, string> {
  const sections = new Map<string, string>();
  let name: string | undefined;
  let start = 0;
  for (let at = 0; at < archive.length; ) {
    const newline = archive.indexOf('\n', at);
    const end = newline < 0 ? archive.length : newline + 1;
    const found = sectionLine.exec(archive.slice(at, end).trimEnd());
    if (found) {
      if (name !== undefined) sections.set(name, archive.slice(start, at));
      name = found[1];
      start = end;
    }
    at = end;
  }
  if (name !== undefined) sections.set(name, archive.slice(start));
  return sections;
}

/** The archive of the given sections. Every text must end in a newline. */
export function formatGolden(sections: ReadonlyMap<string, string>): string {
  return [...sections].map(([name, text]) => `-- ${name} --\n${text}`).join('');
}
