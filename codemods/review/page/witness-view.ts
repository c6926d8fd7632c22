// The steps to a defect, drawn: a lane for each goroutine, what happens at once joined, and where it ends.

import type { Change } from '../../plan/plan.ts';
import { type Drawing, type DrawnStep, drawingOf } from '../witness.ts';
import { h, svg } from './dom.ts';

/** The drawing; `open` is called with the place of a step that is chosen. Undefined if the change has no witness. */
export function witnessView(
  { related }: Change,
  open: (path: string, line: number) => void,
): HTMLElement | undefined {
  const drawing = drawingOf(related);
  if (!drawing) return undefined;
  const { width, height, lanes, steps, joints } = drawing;
  const picture = svg(
    'svg',
    { width, height, viewBox: `0 0 ${width} ${height}`, role: 'group', 'aria-label': summaryOf(drawing) },
    ...lanes.map((lane) => laneView(lane)),
    ...steps
      .filter(({ isEnd }) => isEnd)
      .map(({ x, y }) => svg('line', { class: 'after-end', x1: x, x2: x, y1: y, y2: height - 4 })),
    ...joints.map(({ y, from, to }) => svg('line', { class: 'joint', x1: from, x2: to, y1: y, y2: y })),
    ...steps.map((step) => stepView(step, open)),
  );
  return h(
    'section',
    { class: 'witness', 'aria-labelledby': 'witness-title' },
    h('h3', { id: 'witness-title' }, 'How it comes about'),
    h('p', { class: 'hint' }, 'Time goes down. A step leads to its line.'),
    h('div', { class: 'scroll' }, picture),
  );
}

function summaryOf({ lanes, steps }: Drawing): string {
  const count = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`;
  return `${count(new Set(steps.map(({ order }) => order)).size, 'step')} of ${count(lanes.length, 'goroutine')}`;
}

function laneView({ name, x, from, to }: Drawing['lanes'][number]): SVGElement {
  const shown = name.length > 24 ? `${name.slice(0, 23)}…` : name;
  return svg(
    'g',
    { class: 'lane' },
    svg('rect', { x: x - 12, y: 8, width: 26 + 7.4 * shown.length, height: 26, rx: 13 }),
    svg('text', { x: x + 2, y: 26 }, svg('title', {}, name), shown),
    svg('line', { class: 'before', x1: x, x2: x, y1: 34, y2: from }),
    svg('line', { class: 'alive', x1: x, x2: x, y1: from, y2: to }),
  );
}

function stepView(step: DrawnStep, open: (path: string, line: number) => void): SVGElement {
  const { order, x, y, lines, message, path, line, isEnd } = step;
  const place = `${path.slice(path.lastIndexOf('/') + 1)}:${line}`;
  const group = svg(
    'g',
    {
      class: isEnd ? 'step end' : 'step',
      role: 'button',
      tabindex: 0,
      'aria-label': `${order}. ${message}, ${path}:${line}`,
    },
    svg('title', {}, `${message}\n${path}:${line}`),
    svg('rect', { class: 'hit', x: x - 16, y: y - 16, width: 212, height: 40 + 16 * lines.length, rx: 8 }),
    isEnd
      ? svg('path', { class: 'mark', d: octagon(x, y, 13) })
      : svg('circle', { class: 'mark', cx: x, cy: y, r: 11 }),
    svg('text', { class: 'order', x, y: y + 4 }, String(order)),
    ...lines.map((text, i) => svg('text', { class: 'what', x: x + 18, y: y + 20 + 16 * i }, text)),
    svg('text', { class: 'place', x: x + 18, y: y + 20 + 16 * lines.length }, place),
  );
  group.addEventListener('click', () => open(path, line));
  group.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    event.stopPropagation();
    open(path, line);
  });
  return group;
}

/** A stop sign. */
function octagon(x: number, y: number, r: number): string {
  const corners = Array.from({ length: 8 }, (_, i) => {
    const angle = Math.PI / 8 + (i * Math.PI) / 4;
    return `${(x + r * Math.cos(angle)).toFixed(1)} ${(y + r * Math.sin(angle)).toFixed(1)}`;
  });
  return `M${corners.join('L')}Z`;
}
