// The terminal of this process while a command has all of it: single keys in, whole screens out. However the command
// ends, the terminal is left as it was.

import { emitKeypressEvents, type Key as PressedKey } from 'node:readline';

export interface Terminal {
  size(): { readonly columns: number; readonly rows: number };
  /** Takes the terminal; `key` gets every key, `redraw` is called when the screen has to be drawn again. */
  open(on: { key(key: Key): void; redraw(): void }): void;
  /** Shows these rows, which must not be wider than the terminal. */
  draw(rows: readonly string[]): void;
  /** Gives the terminal back. */
  close(): void;
}

/** A key that was pressed. */
export interface Key {
  /** What it types; `''` for a key that types nothing. */
  readonly text: string;
  /** Of a key that types nothing visible: `up`, `pagedown`, `return`, `escape`, `backspace`. */
  readonly name: string;
}

// The alternate screen, no cursor, and marks around what is pasted.
const take = '\u001B[?1049h\u001B[?25l\u001B[?2004h';
const giveBack = '\u001B[?2004l\u001B[?25h\u001B[?1049l';

/** The terminal that this process has for both input and output; undefined if it has none or a dumb one. */
export function processTerminal(): Terminal | undefined {
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY || process.env['TERM'] === 'dumb') return undefined;
  let end = () => {};
  return {
    size: () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }),
    open(on) {
      end = taken(on);
    },
    draw(rows) {
      stdout.write(`\u001B[H${rows.map((row) => `${row}\u001B[K`).join('\r\n')}\u001B[J`);
    },
    close: () => end(),
  };
}

/** Takes the terminal and returns what gives it back. */
function taken(on: Parameters<Terminal['open']>[0]): () => void {
  const { stdin, stdout } = process;
  let isTaken = false;
  const enter = () => {
    isTaken = true;
    stdin.setRawMode(true);
    stdout.write(take);
  };
  const leave = () => {
    if (!isTaken) return;
    isTaken = false;
    stdout.write(giveBack);
    stdin.setRawMode(false);
  };
  const goOn = () => {
    enter();
    on.redraw();
  };
  let isPasted = false;
  const onKey = (text: string | undefined, key: PressedKey) => {
    if (key.name === 'paste-start' || key.name === 'paste-end') isPasted = key.name === 'paste-start';
    else if (key.ctrl && key.name === 'c') {
      leave();
      process.kill(process.pid, 'SIGINT');
    } else if (key.ctrl && key.name === 'z') {
      leave();
      process.once('SIGCONT', goOn);
      process.kill(process.pid, 'SIGTSTP');
    } else if (!isPasted) on.key({ text: typed(text, key), name: key.name ?? '' });
  };
  emitKeypressEvents(stdin);
  enter();
  stdin.on('keypress', onKey);
  stdin.resume();
  stdout.on('resize', on.redraw);
  process.once('exit', leave);
  return () => {
    stdin.off('keypress', onKey);
    stdin.pause();
    stdout.off('resize', on.redraw);
    process.off('exit', leave);
    process.off('SIGCONT', goOn);
    leave();
  };
}

function typed(text: string | undefined, { ctrl, meta }: PressedKey): string {
  return text !== undefined && !ctrl && !meta && !/\p{Cc}/u.test(text) ? text : '';
}
