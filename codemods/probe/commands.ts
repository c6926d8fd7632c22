// The command line of probes.

import { type Command, Option } from 'commander';
import type { ExitStatus, Host } from '../host.ts';
import { type AddOptions, addProbe } from './add-command.ts';
import { durationOf, portOf, tagOf } from './probe.ts';
import { probes } from './probes.ts';
import { listProbes, type RemoveOptions, removeProbes } from './remove-command.ts';
import { signals } from './stack-dump.ts';

/** Adds `goleash probe add`, `remove` and `list` to the program. */
export function probeCommands(
  program: Command,
  host: Host,
  done: (status: ExitStatus) => void,
  examples: (...lines: readonly string[]) => string,
): void {
  const probe = program
    .command('probe')
    .description('add debug probes to a program or its tests, list them, and take them out again')
    .addHelpText(
      'after',
      examples('goleash probe add stack-dump cmd/server', 'goleash probe list', 'goleash probe remove'),
    );
  probe
    .command('add')
    .description('write a probe into a file of its own beside a package')
    .argument('<probe>', `one of ${probes.map(({ id }) => id).join(', ')}`)
    .argument('[package]', 'the folder of the package, or a Go file in it (default: .)')
    .option('--interval <duration>', 'goroutine-count: how often it logs (default: 10s)', durationOf)
    .addOption(
      new Option('--signal <signal>', 'stack-dump: what to send to the program (default: USR1)').choices(
        signals,
      ),
    )
    .option('--port <port>', 'pprof: the port on 127.0.0.1, 0 for any that is free (default: 6060)', portOf)
    .option('--contention', 'pprof: also record where goroutines wait for one another, which takes time')
    .option(
      '--grace <duration>',
      'leak-check: how long goroutines have to end after the tests (default: 1s)',
      durationOf,
    )
    .option('--tag <tag>', 'build it only with this tag: go build -tags <tag>', tagOf)
    .option('-q, --quiet', 'say nothing if all is well')
    .addHelpText(
      'after',
      `\nProbes:\n${listing()}${examples('goleash probe add goroutine-count --interval 2s', 'goleash probe add pprof cmd/server --tag debug', 'goleash probe add leak-check ./store')}\nExit status: 0 it is there, 1 a file stands in the way or something is left to do by hand, 2 wrong usage, 3 something could not be written`,
    )
    .action(async (id: string, place: string | undefined, options: AddOptions) =>
      done(await addProbe(id, place, options, host)),
    );
  probe
    .command('remove')
    .description('take probes out: all, or those of one kind, below paths')
    .argument('[probe]', 'only this probe; a folder of that name is written ./name')
    .argument('[paths...]', 'Go files and directories; a directory means all below it (default: .)')
    .option('--force', 'remove also what was changed by hand')
    .option('-q, --quiet', 'say nothing if all is well')
    .addHelpText(
      'after',
      `${examples('goleash probe remove', 'goleash probe remove pprof cmd/server', 'goleash probe remove ./store')}\nExit status: 0 they are gone, 1 one was changed by hand and kept, 2 wrong usage, 3 something could not be read or written`,
    )
    .action(async (first: string | undefined, paths: string[], options: RemoveOptions) =>
      done(await removeProbes(first === undefined ? [] : [first, ...paths], options, host)),
    );
  probe
    .command('list')
    .description('say where probes are, and which were changed by hand')
    .argument('[paths...]', 'Go files and directories; a directory means all below it (default: .)')
    .addHelpText('after', examples('goleash probe list', 'goleash probe list cmd/...'))
    .action(async (paths: string[]) => done(await listProbes(paths, host)));
}

function listing(): string {
  const widest = Math.max(...probes.map(({ id }) => id.length));
  return probes.map(({ id, summary }) => `  ${id.padEnd(widest)}  ${summary}\n`).join('');
}
