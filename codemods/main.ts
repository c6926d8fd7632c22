// The command line of goleash: arguments in, exit status out.

import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { refactorings, rules } from '../analysis/index.ts';
import { nearest } from '../analysis/node/nearest.ts';
import { version } from '../analysis/node/rule-page.ts';
import { baselineName } from './baselined.ts';
import { type CheckOptions, check, severities } from './check.ts';
import { completionScript, type Shell, shells, type Words } from './completion.ts';
import { type FixOptions, fix } from './fix.ts';
import { type ExitStatus, exit, type Host, processHost } from './host.ts';
import { type MergeOptions, merge } from './merge.ts';
import { type Output, parseOutput } from './outputs.ts';
import { type ApplyOptions, apply } from './plan/apply-command.ts';
import { type PlanOptions, plan } from './plan/plan-command.ts';
import { probeCommands } from './probe/commands.ts';
import { UsageError } from './problem.ts';
import { listRecipes } from './recipes.ts';
import { type RefactorOptions, refactor } from './refactor.ts';
import { reports } from './report/formats.ts';
import { type ReviewOptions, review, wordsOf } from './review/review.ts';
import { existingFix, existingRecipe, existingRule, explain, listRules } from './rules.ts';
import { parseShard, type Shard } from './shard.ts';

/** Commands that other parts of goleash provide. */
export interface Extensions {
  /** Serves the language server protocol; returns when it has started. */
  readonly lsp: () => Promise<void>;
}

/** Runs goleash with the arguments of this process and sets its exit status. */
export async function main(extensions: Extensions): Promise<void> {
  endQuietly();
  const status = await runCommand(process.argv.slice(2), processHost(), extensions);
  if (status !== undefined) process.exitCode = status;
}

/** Runs one command; undefined if it goes on after this, as a server does. Never rejects. */
export async function runCommand(
  args: readonly string[],
  host: Host,
  extensions: Extensions,
): Promise<ExitStatus | undefined> {
  let status: ExitStatus | undefined = exit.clean;
  const program = commands(host, extensions, (result) => {
    status = result;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exit.clean : exit.usage;
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof UsageError) {
      const meant = nearest(
        args[0] ?? '',
        program.commands.map((command) => command.name()),
      );
      const isCommand = program.commands.some((command) => command.name() === args[0]);
      host.err(`goleash: ${message}${meant && !isCommand ? `\nDid you mean: goleash ${meant}` : ''}\n`);
      return exit.usage;
    }
    host.err(`goleash: ${message.split('\n')[0]}\n`);
    return exit.incomplete;
  }
  return status;
}

function commands(host: Host, { lsp }: Extensions, done: (status: ExitStatus | undefined) => void): Command {
  const program = new Command('goleash')
    .description('Finds goroutine bugs in Go source and repairs them.')
    .version(version, '-v, --version')
    .exitOverride()
    .configureOutput({ writeOut: (text) => host.out(text), writeErr: (text) => host.err(text) })
    .addHelpText('after', examples('goleash', 'goleash fix --diff ./...', 'goleash explain lost-cancel'));

  shared(
    program
      .command('check', { isDefault: true })
      .description('report findings in files, directories or dir/... (the default command)'),
  )
    .option(
      '-f, --format <format[=file]>',
      `how to report, and where to if not to standard output; may be given several times: ${Object.keys(reports).join(', ')} (default: text)`,
      outputs,
    )
    .option('-o, --output <file>', 'write the report without a file of its own to this one')
    .addOption(
      new Option('--severity <severity>', 'the mildest severity to report')
        .choices(severities)
        .default('hint'),
    )
    .option(
      '--new-from <revision>',
      'only findings on lines that have changed since this revision and HEAD went separate ways',
    )
    .option('--staged', 'check what is staged for the next commit, and only the files that are')
    .option('--baseline <file>', 'only findings that are not in this file')
    .addOption(
      new Option(
        '--write-baseline',
        `accept all that is found: write it to the baseline (default: ${baselineName})`,
      ).conflicts('ratchet'),
    )
    .option(
      '--ratchet',
      'fail only if a rule finds more than the baseline has, and rewrite it when something is gone',
    )
    .option(
      '--shard <i/n>',
      'only the i-th of n parts of the packages, the same ones on every machine',
      shard,
    )
    .option('-w, --watch', 'check again when files change')
    .option('--no-cache', 'analyse everything anew, also what has not changed since the last run')
    .option('--stdin', 'check standard input in the place of one file')
    .option('--stdin-filename <file>', 'the file that standard input stands for')
    .addHelpText(
      'after',
      `${examples('goleash check ./...', 'goleash check --format text --format sarif=goleash.sarif .', 'goleash check --new-from origin/main', 'goleash check --staged')}\n${statuses}`,
    )
    .action(async (paths: string[], options: CheckOptions) => done(await check(paths, options, host)));

  climbing(
    choosing(
      program
        .command('plan')
        .description('write what would be fixed, and why, to a file to review and apply'),
    ),
  )
    .option('-o, --output <file>', 'write the plan to a file')
    .addHelpText(
      'after',
      `${examples('goleash plan ./... -o plan.json', 'goleash plan --unsafe --rule lost-cancel -o plan.json', 'goleash apply plan.json')}\nExit status: 0 nothing to change, 1 the plan has changes, 2 wrong usage or configuration, 3 something could not be analysed`,
    )
    .action(async (paths: string[], options: PlanOptions) => done(await plan(paths, options, host)));

  climbing(choosing(program.command('fix').description('apply the safe fixes, or show them as a patch')))
    .addOption(
      new Option(
        '--diff',
        'print a patch for git apply and write nothing; exit status 1 if it is not empty',
      ).conflicts(['commitPer', 'allowDirty']),
    )
    .addOption(allowDirty())
    .addOption(commitPer())
    .addHelpText(
      'after',
      `${examples('goleash fix --diff ./...', 'goleash fix --rule lost-cancel', 'goleash fix --recipe http-timeouts --unsafe ./...', 'goleash fix --unsafe --diff | git apply')}\n${statuses}`,
    )
    .action(async (paths: string[], options: FixOptions) => done(await fix(paths, options, host)));

  climbing(
    program
      .command('apply')
      .description('make the changes of a plan that are accepted, or open and safe')
      .argument('<plan>', 'a file that goleash plan has made'),
  )
    .option(
      '--tags <tags>',
      'build tags, separated by commas (default: those of the plan)',
      listOf((tag) => tag),
    )
    .option('--unsafe', 'make also open changes that a person should review')
    .addOption(allowDirty())
    .addOption(commitPer())
    .option('-j, --jobs <n>', 'how many threads to use (default: one per processor)', positiveInteger)
    .option('-q, --quiet', 'leave out the summary')
    .addHelpText(
      'after',
      `${examples('goleash apply plan.json', 'goleash apply plan.json --commit-per rule', 'goleash apply plan.json --unsafe')}\nExit status: 0 all that is wanted is done, 1 some of it is not, 2 wrong usage, 3 something could not be read, written or committed`,
    )
    .action(async (plan: string, options: ApplyOptions) => done(await apply(plan, options, host)));

  program
    .command('refactor')
    .description(
      'make a change that is asked for at a place, in all files that it takes, or say where it stops',
    )
    .argument('<refactoring>', `what to do: ${refactorings.map(({ id }) => id).join(', ')}`)
    .argument('<place>', 'a line of a function, or a line and a column: path/file.go:12:5')
    .option('--diff', 'print a patch for git apply and write nothing (the default)')
    .addOption(new Option('--write', 'write the files').conflicts('diff'))
    .option('-c, --config <file>', 'use this configuration in place of the nearest .goleash.yaml')
    .option('-q, --quiet', 'leave out the summary')
    .addHelpText(
      'after',
      `${examples('goleash refactor thread-context pkg/server.go:42', 'goleash refactor thread-context pkg/server.go:42 --write', 'goleash explain thread-context')}\nExit status: 0 done, 1 it stops somewhere and nothing was edited, 2 wrong usage or configuration, 3 something could not be read or written`,
    )
    .action(async (id: string, place: string, options: RefactorOptions) =>
      done(await refactor(id, place, options, host)),
    );

  reviewCommand(program, host, done);
  probeCommands(program, host, done, examples);

  program
    .command('explain <rule>')
    .description(
      'tell what a rule finds, why it matters and how it is fixed, or what a refactoring or recipe does',
    )
    .action((id: string) => explain(id, host));

  program
    .command('rules')
    .description('list all rules')
    .addOption(new Option('-f, --format <format>', 'how to list').choices(['text', 'json']).default('text'))
    .action(({ format }: { format: 'text' | 'json' }) => listRules(format, host));

  program
    .command('recipes')
    .description('list all recipes')
    .addOption(new Option('-f, --format <format>', 'how to list').choices(['text', 'json']).default('text'))
    .action(({ format }: { format: 'text' | 'json' }) => listRecipes(format, host));

  program
    .command('merge')
    .description('join the SARIF files of several shards into one')
    .argument('<files...>', 'SARIF files that goleash has written')
    .option('-o, --output <file>', 'write the result to a file')
    .addHelpText('after', examples('goleash merge shard-*.sarif -o goleash.sarif'))
    .action((files: string[], options: MergeOptions) => done(merge(files, options, host)));

  program
    .command('completion')
    .description('print what makes a shell complete the commands, options and rules of goleash')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .addHelpText('after', examples('source <(goleash completion bash)', 'goleash completion fish | source'))
    .action((shell: Shell) => host.out(completionScript(program, shell, knownWords)));

  program
    .command('lsp')
    .description('serve an editor on standard input and output')
    .option('--stdio', 'the only way, and the default')
    .allowUnknownOption()
    .allowExcessArguments()
    .action(async () => {
      await lsp();
      done(undefined);
    });
  return program;
}

/** What the parsers of these options and arguments accept, which commander cannot tell. */
const knownWords: Words = {
  rule: [...rules, ...refactorings].map(({ id }) => id),
  refactoring: refactorings.map(({ id }) => id),
  '--rule': rules.map(({ id }) => id),
  '--fix': [...new Set(rules.flatMap(({ fixes }) => Object.keys(fixes)))].sort(),
  '--format': Object.keys(reports),
};

function reviewCommand(program: Command, host: Host, done: (status: ExitStatus) => void): void {
  program
    .command('review <plan>')
    .description('decide which changes of a plan are applied, one at a time and by reason')
    .option('--accept <words>', 'accept without asking: rules, fingerprints, safe or all', wordsOf)
    .option('--reject <words>', 'reject without asking: rules, fingerprints, safe or all', wordsOf)
    .option('--list', 'print the changes as a table and decide nothing')
    .addOption(new Option('--web', 'review on a page that only this computer can open').conflicts('list'))
    .option('--html <file>', 'write the page to a file, for reading, and decide nothing')
    .addHelpText(
      'after',
      `${examples('goleash plan -o plan.json && goleash review plan.json', 'goleash review --accept safe --reject lost-cancel plan.json', 'goleash review --web plan.json', 'goleash review --html review.html plan.json')}\nDecisions are in the plan as soon as they are made. Exit status: 0 done, 2 wrong usage or plan, 3 something could not be saved`,
    )
    .action(async (plan: string, options: ReviewOptions) => done(await review(plan, options, host)));
}

function allowDirty(): Option {
  return new Option('--allow-dirty', 'write although git has changes that are not committed');
}

function commitPer(): Option {
  return new Option('--commit-per <group>', 'make a commit for each rule or each package').choices([
    'rule',
    'package',
  ]);
}

function choosing(command: Command): Command {
  return shared(command)
    .option('--unsafe', 'apply also the fixes that a person should review')
    .option('--fix <ids>', 'apply only these fixes, separated by commas', listOf(existingFix));
}

/** How far up the ladder of verification changes are taken. */
function climbing(command: Command): Command {
  return command
    .option('--no-compile', 'do not build and vet the changed packages before anything is written')
    .option('--test', 'run the tests of the changed packages and of those that import them, with and without')
    .option('--prove', 'show that goroutines leaked before and do not any more; runs the tests too')
    .option('--timeout <seconds>', 'how long one run of the go command may take', positiveInteger);
}

function shared(command: Command): Command {
  return command
    .argument('[paths...]', 'Go files and directories; a directory means all below it (default: .)')
    .option(
      '--recipe <ids>',
      'only what these recipes repair, separated by commas: see goleash recipes',
      listOf(existingRecipe),
    )
    .option('-r, --rule <ids>', 'only these rules, separated by commas', listOf(existingRule))
    .option('-j, --jobs <n>', 'how many threads to use (default: one per processor)', positiveInteger)
    .option('-c, --config <file>', 'use this configuration in place of the nearest .goleash.yaml')
    .option(
      '--tags <tags>',
      'build tags, separated by commas (default: those of GOFLAGS)',
      listOf((tag) => tag),
    )
    .option('-q, --quiet', 'leave out the summary')
    .option('--stats', 'print what was parsed and explored and how long it took, to standard error');
}

/** Reads `a,b`, once or several times. */
function listOf(existing: (id: string) => string) {
  return (value: string, before: readonly string[] = []): readonly string[] => [
    ...before,
    ...value
      .split(',')
      .map((id) => id.trim())
      .filter((id) => id !== '')
      .map(existing),
  ];
}

/** Reads `sarif` or `sarif=goleash.sarif`, once or several times. */
function outputs(value: string, before: readonly Output[] = []): readonly Output[] {
  const output = parseOutput(value);
  if (output) return [...before, output];
  throw new InvalidArgumentError(
    `Allowed choices are ${Object.keys(reports).join(', ')}, each alone or as in sarif=FILE.`,
  );
}

function shard(value: string): Shard {
  const parsed = parseShard(value);
  if (parsed) return parsed;
  throw new InvalidArgumentError('It must be like 2/5, the second of five parts.');
}

function positiveInteger(value: string): number {
  if (!/^[1-9][0-9]{0,3}$/.test(value))
    throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return Number(value);
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

const statuses = `Exit status: 0 no findings, 1 findings, 2 wrong usage or configuration, 3 something could not be analysed`;

/** A reader that has had enough (`| head`) and Ctrl-C end goleash without a word. Writing a file is never cut short. */
function endQuietly(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    // The handler runs before all files are written or after: a run is written in one go.
    process.on(signal, () => process.exit(status));
  }
}
