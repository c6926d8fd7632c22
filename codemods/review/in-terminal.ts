// The review key by key, on a terminal of its own, or line by line where input or output is something else.

import type { Host } from '../host.ts';
import type { Change } from '../plan/plan.ts';
import type { Key, Terminal } from '../process-terminal.ts';
import { styleFor } from '../terminal.ts';
import { changeLines, hunksOf } from './change-lines.ts';
import { openInEditor } from './editor.ts';
import type { Save } from './saving.ts';
import {
  afterOf,
  endLines,
  groupText,
  helpLines,
  pageOf,
  progressText,
  promptText,
  type ScreenState,
  screenOf,
} from './screen.ts';
import { groupAt, type Outcome, press, type Session, search } from './session.ts';
import { type Line, painted } from './styled.ts';

/** Goes on until the person quits; returns the session as it is then. */
export function reviewByKeys(start: Session, save: Save, host: Host, terminal: Terminal): Promise<Session> {
  const { colors } = styleFor(host.isTerminal, host.env);
  let state: ScreenState = { session: start, scroll: 0 };
  const draw = () => {
    const { rows, scroll } = screenOf(state, terminal.size(), colors);
    state = { ...state, scroll };
    terminal.draw(rows);
  };
  return new Promise((resolve) => {
    const on = {
      redraw: draw,
      key(key: Key) {
        const next = afterKey(state, key, terminal);
        state = { ...next.state, session: save(next.state.session, next.decided) };
        if (next.todo === 'quit') {
          terminal.close();
          resolve(state.session);
          return;
        }
        const change = state.session.changes[state.session.at];
        if (next.todo === 'edit' && change) {
          terminal.close();
          const told = openInEditor(change, host);
          terminal.open(on);
          state = { ...state, session: { ...state.session, told } };
        }
        draw();
      },
    };
    terminal.open(on);
    draw();
  });
}

const nothing = new Map<string, never>();

function afterKey(
  state: ScreenState,
  key: Key,
  terminal: Terminal,
): { state: ScreenState } & Omit<Outcome, 'session'> {
  if (state.typing !== undefined) return { state: typed(state, state.typing, key), decided: nothing };
  const scrolled = scrollOf(state.scroll, key, pageOf(terminal.size()));
  if (scrolled !== undefined) return { state: { ...state, scroll: scrolled }, decided: nothing };
  if (key.text === '/') return { state: { ...state, typing: '' }, decided: nothing };
  const before = state.session;
  const named = key.name === 'escape' && before.help ? '?' : wordless[key.name];
  const pressed = press(before, key.text || named || '', hunksHere(before));
  const { session } = pressed;
  const stays = session.at === before.at && session.help === before.help && session.hunk === before.hunk;
  const { session: _, ...rest } = pressed;
  return { ...rest, state: { session, scroll: stays ? state.scroll : 0 } };
}

/** Keys without a letter that do what one with a letter does. */
const wordless: Readonly<Record<string, string>> = { left: 'k', right: 'j' };

function scrollOf(scroll: number, { text, name }: Key, page: number): number | undefined {
  if (text === ' ' || name === 'pagedown') return scroll + page;
  if (text === 'b' || name === 'pageup') return Math.max(0, scroll - page);
  if (name === 'down' || name === 'return') return scroll + 1;
  if (name === 'up') return Math.max(0, scroll - 1);
  if (name === 'home') return 0;
  return name === 'end' ? Number.MAX_SAFE_INTEGER : undefined;
}

/** What a key makes of the line that is typed after `/`. */
function typed(state: ScreenState, typing: string, { text, name }: Key): ScreenState {
  const { typing: _, ...rest } = state;
  if (name === 'return' || name === 'enter') return { session: search(state.session, typing), scroll: 0 };
  if (name === 'escape' || (name === 'backspace' && typing === '')) return rest;
  if (name === 'backspace') return { ...state, typing: [...typing].slice(0, -1).join('') };
  return { ...state, typing: typing + text };
}

function hunksHere({ changes, at }: Session): number {
  const change = changes[at];
  return change ? hunksOf(change) : 0;
}

/** Prints a change, reads a line that begins with a key, and so on until the input ends. */
export async function reviewByLines(start: Session, save: Save, host: Host): Promise<Session> {
  const { colors } = styleFor(host.isTerminal, host.env);
  const show = (lines: readonly Line[]) => host.out(lines.map((line) => `${painted(line)}\n`).join(''));
  const width = 100;
  let session = start;
  const tell = (isNew: boolean) => {
    if (session.told) show([[{ text: session.told, dress: colors.yellow }]]);
    if (session.help) show(helpLines(width, colors));
    else if (isNew) show(pageLines(session, width, host));
    host.out(promptText(session));
  };
  tell(true);
  for await (const line of host.lines()) {
    const before = session;
    const key = line.trim();
    if (key.startsWith('/')) session = search(session, key.slice(1));
    else if (key !== '') {
      const pressed = press(session, key, hunksHere(session));
      session = save(pressed.session, pressed.decided);
      if (pressed.todo === 'quit') break;
      const told = 'The editor opens only from a terminal.';
      if (pressed.todo === 'edit') session = { ...session, told };
    }
    host.out('\n');
    tell(before.at !== session.at || before.hunk !== session.hunk || before.help);
    session = { ...session, help: false };
  }
  host.out('\n');
  return session;
}

function pageLines(session: Session, width: number, host: Host): readonly Line[] {
  const { colors } = styleFor(host.isTerminal, host.env);
  const change: Change | undefined = session.changes[session.at];
  if (!change) return endLines(session, width, colors);
  const here = groupAt(session);
  return [
    [{ text: progressText(session), dress: colors.bold }],
    ...(here ? [[{ text: groupText(here), dress: colors.cyan }]] : []),
    ...changeLines(change, { colors, width, hunk: session.hunk, after: afterOf(session, change) }),
    [],
  ];
}
