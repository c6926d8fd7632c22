// What a name says by itself ("Exported identifiers" in the Go specification).

/** Whether other packages can name it. */
export function isExported(name: string): boolean {
  return /^\p{Lu}/u.test(name);
}
