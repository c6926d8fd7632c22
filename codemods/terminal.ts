// The sole owner of the terminal: its colours, its links and how wide it draws text.

import { isAbsolute, relative, sep } from 'node:path';
import pc from 'picocolors';

export type Colors = ReturnType<typeof pc.createColors>;

/** How text is dressed for where it goes. */
export interface Style {
  readonly colors: Colors;
  /** Makes `text` lead to `url` where the terminal can do that; elsewhere it returns `text`. */
  readonly link: (text: string, url: string) => string;
}

type Environment = Readonly<Record<string, string | undefined>>;

export const plain: Style = { colors: pc.createColors(false), link: (text) => text };

/** The style for a stream; anything but a terminal gets plain text, unless FORCE_COLOR asks for more. */
export function styleFor(isTerminal: boolean, env: Environment): Style {
  const links = isTerminal && knowsLinks(env);
  return {
    colors: pc.createColors(wantsColor(isTerminal, env)),
    link: (text, url) => (links ? `\u001B]8;;${url}\u001B\\${text}\u001B]8;;\u001B\\` : text),
  };
}

function wantsColor(isTerminal: boolean, env: Environment): boolean {
  if (env['NO_COLOR']) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTerminal && env['TERM'] !== 'dumb';
}

/** Terminals that are known to understand OSC 8; others would print the address as it is. */
function knowsLinks(env: Environment): boolean {
  if (env['TERM'] === 'dumb' || env['TMUX'] || env['STY']) return false;
  return (
    Boolean(env['WT_SESSION'] || env['KONSOLE_VERSION'] || env['DOMTERM']) ||
    Number(env['VTE_VERSION'] ?? 0) >= 5000 ||
    ['iTerm.app', 'WezTerm', 'vscode', 'ghostty', 'Hyper', 'rio'].includes(env['TERM_PROGRAM'] ?? '') ||
    /^(?:xterm-kitty|alacritty|foot|contour)/.test(env['TERM'] ?? '')
  );
}

export { printable } from './printable.ts';

const wide =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97C\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{17000}-\u{18CFF}\u{1B000}-\u{1B2FF}\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}/u;
const narrowest = /\p{Mn}|\p{Me}|[\u200B-\u200D]|\uFE0F/u;

/** Blank text that a terminal draws as wide as `text`; tabs stay, so that they reach the same stops. */
export function blankAsWideAs(text: string): string {
  return [...text].map((c) => (c === '\t' ? c : ' '.repeat(widthOf(c)))).join('');
}

/** How many columns a terminal takes for one character. */
export function widthOf(character: string): number {
  if (narrowest.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

/** Names an absolute path in messages: relative to `cwd` if it is below it. Separators are `/`. */
export function shownPath(path: string, cwd: string): string {
  const below = relative(cwd, path);
  if (below === '') return '.';
  if (isAbsolute(below) || below === '..' || below.startsWith(`..${sep}`)) return path;
  return sep === '/' ? below : below.replaceAll(sep, '/');
}

/** An argument as a POSIX shell takes it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
