// A real terminal for tests: tmux, where it is installed.

import { spawnSync } from 'node:child_process';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

/** Why tests of a terminal cannot run here; false if they can. */
export const noTmux: string | false =
  spawnSync('tmux', ['-V']).status === 0 ? false : 'tmux is not installed: scripts/install-review-tools.sh';

export interface Pane {
  /** Types keys by the names that tmux has for them: `y`, `Enter`, `C-c`. */
  press(...keys: readonly string[]): void;
  resize(columns: number, rows: number): void;
  /** What is on the screen, with its colours if `colours` says so. */
  screen(colours?: boolean): string;
  /** Waits until the screen has this, and returns it; throws with the screen after ten seconds. */
  until(wanted: RegExp): Promise<string>;
  /** The process number of the shell. */
  readonly pid: number;
}

let panes = 0;

/** A terminal with a shell in a folder; it goes when the test ends. */
export function openPane(t: TestContext, cwd: string, columns = 90, rows = 30): Pane {
  const socket = `goleash-test-${process.pid}-${panes++}`;
  const tmux = (...args: readonly string[]) => {
    const run = spawnSync('tmux', ['-L', socket, '-f', '/dev/null', ...args], { encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`tmux ${args.join(' ')}: ${run.stderr}`);
    return run.stdout;
  };
  const env = ['-e', 'PS1=$ ', '-e', 'LC_ALL=C.UTF-8', '-e', 'NO_COLOR='];
  tmux('-u', 'new-session', '-d', '-x', String(columns), '-y', String(rows), '-c', cwd, ...env, 'sh');
  // It is gone already where the test has ended what ran in it.
  t.after(() => void spawnSync('tmux', ['-L', socket, 'kill-server']));
  const screen = (colours = false) => tmux('capture-pane', '-p', ...(colours ? ['-e'] : []));
  return {
    press: (...keys) => tmux('send-keys', ...keys),
    resize: (x, y) => tmux('resize-window', '-x', String(x), '-y', String(y)),
    screen,
    pid: Number(tmux('display-message', '-p', '#{pane_pid}')),
    async until(wanted) {
      for (let left = 400; left > 0; left--) {
        const shown = screen();
        if (wanted.test(shown)) return shown;
        await sleep(25);
      }
      throw new Error(`the screen never has ${wanted}:\n${screen()}`);
    },
  };
}
