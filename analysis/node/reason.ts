// Errors of the disk in words that a person understands.

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBUSY: 'is in use by another program',
  EIO: 'the disk reports a read error',
  EISDIR: 'is a directory',
  ELOOP: 'its symbolic links form a loop',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ENFILE: 'too many files are open',
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist: a part of its path is a file, not a directory',
  EPERM: 'permission denied',
  ERR_INVALID_ARG_VALUE: 'is not a possible file name',
};

/** What an error of node:fs means, to stand after the path of the file: `permission denied`. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  return reasons[code] ?? `cannot be read (${code || String(error)})`;
}

/** The code of an error of node, `ENOENT`, or `''`. */
export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | undefined)?.code ?? '';
}
