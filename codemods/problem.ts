import { codeOf, reasonOf as reasonOfReading } from '../analysis/node/reason.ts';

/** Something that could not be analysed, or not wholly: it is named on standard error and makes the exit status 3. */
export interface Problem {
  /** Absolute, with `/` separators. */
  readonly path: string;
  /** Counts from 1; absent if the whole file is meant. */
  readonly line?: number;
  readonly message: string;
}

/** What the caller has to change: a wrong argument or a wrong configuration. Its message is all that is shown. */
export class UsageError extends Error {}

/** Why the operating system refused, in words that stand after the path. */
export function reasonOf(error: unknown): string {
  return ofWriting[codeOf(error)] ?? reasonOfReading(error);
}

const ofWriting: Readonly<Record<string, string>> = {
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'its temporary file exists already; remove it if no other goleash runs',
  ENOSPC: 'no space is left on the disk',
  EROFS: 'the file system is read-only',
};
