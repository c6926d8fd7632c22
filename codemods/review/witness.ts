// A witness as a drawing: a lane for each goroutine, time going down. Runs in the browser, too.

import type { Change } from '../plan/plan.ts';

/** Lengths are in pixels, from the upper left corner. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** The one that acts first, then the others by number; `from` and `to` are the first and the last thing that each does. */
  readonly lanes: readonly {
    readonly name: string;
    readonly x: number;
    readonly from: number;
    readonly to: number;
  }[];
  readonly steps: readonly DrawnStep[];
  /** What happens at once in two lanes. */
  readonly joints: readonly { readonly y: number; readonly from: number; readonly to: number }[];
}

export interface DrawnStep {
  readonly order: number;
  readonly goroutine: string;
  readonly x: number;
  readonly y: number;
  /** What happens, broken into lines; the lane says who does it. */
  readonly lines: readonly string[];
  readonly message: string;
  readonly path: string;
  readonly line: number;
  /** The last step is the defect itself: its goroutine never comes past it. */
  readonly isEnd: boolean;
}

const lane = 220;
const margin = 24;
const head = 62;
/** Characters in a line of a label, and how much room a line takes. */
const across = 29;
const lineHeight = 16;

/** The drawing of the steps of a change; undefined if it has none. */
export function drawingOf(related: Change['related']): Drawing | undefined {
  const steps = related.flatMap((note) => (note.step ? [{ ...note, step: note.step }] : []));
  if (steps.length === 0) return undefined;
  const [first = '', ...others] = new Set(steps.map(({ step }) => step.goroutine));
  const names = [first, ...others.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))];
  const x = (name: string) => margin + names.indexOf(name) * lane;
  const last = steps.at(-1)?.step.order;
  const drawn: DrawnStep[] = [];
  const joints: { y: number; from: number; to: number }[] = [];
  let y = head;
  for (const order of new Set(steps.map(({ step }) => step.order))) {
    const moment = steps.filter(({ step }) => step.order === order);
    const own = moment.map(({ step, message, path, line }) => ({
      order,
      goroutine: step.goroutine,
      x: x(step.goroutine),
      y,
      lines: broken(withoutName(message, step.goroutine)),
      message,
      path,
      line,
      isEnd: order === last,
    }));
    drawn.push(...own);
    const places = own.map((step) => step.x);
    if (new Set(places).size > 1) joints.push({ y, from: Math.min(...places), to: Math.max(...places) });
    y += 42 + lineHeight * Math.max(...own.map(({ lines }) => lines.length));
  }
  const lanes = names.map((name) => {
    const own = drawn.filter(({ goroutine }) => goroutine === name).map((step) => step.y);
    return { name, x: x(name), from: Math.min(...own), to: Math.max(...own) };
  });
  return { width: margin + names.length * lane, height: y + 6, lanes, steps: drawn, joints };
}

/** `sends to f` of `goroutine 1 sends to f`: the lane has the name already. */
function withoutName(message: string, name: string): string {
  if (message.startsWith(`${name} `)) return message.slice(name.length + 1);
  return message.startsWith(`in ${name}, `) ? message.slice(name.length + 5) : message;
}

/** At most three lines, broken at blanks; what is longer is cut. */
function broken(text: string): readonly string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > across) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  const shown = lines
    .slice(0, 3)
    .map((line) => (line.length > across ? `${line.slice(0, across - 1)}…` : line));
  if (lines.length > 3) shown[2] = `${shown[2]?.slice(0, across - 1)}…`;
  return shown;
}
