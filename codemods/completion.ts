// Completion scripts for shells, made of what commander knows of the commands: nothing is written down twice.

import type { Command, Option } from 'commander';

export const shells = ['bash', 'zsh', 'fish', 'pwsh'] as const;

export type Shell = (typeof shells)[number];

/** A command as completion sees it. */
interface Spec {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly Flag[];
  /** What its first argument can be, if it is one of a few words. */
  readonly words: readonly string[];
  /** Whether its arguments are paths. */
  readonly takesPaths: boolean;
}

interface Flag {
  readonly names: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  /** The values that it can have; empty for any, such as a file. */
  readonly values: readonly string[];
}

/** What commander does not know: the words that an argument or an option of some name can be. */
export type Words = Readonly<Record<string, readonly string[]>>;

/** The script that a shell evaluates. */
export function completionScript(program: Command, shell: Shell, words: Words): string {
  const commands = program.commands.map((command) => specOf(command, words));
  return { bash, zsh, fish, pwsh }[shell](commands);
}

function specOf(command: Command, words: Words): Spec {
  const argument = command.registeredArguments[0];
  const known = argument && (argument.argChoices ?? words[argument.name()]);
  return {
    name: command.name(),
    description: command.description(),
    flags: [...command.options.map((option) => flagOf(option, words)), help],
    words: known ?? [],
    takesPaths: argument !== undefined && known === undefined,
  };
}

const help: Flag = {
  names: ['-h', '--help'],
  description: 'display help for command',
  takesValue: false,
  values: [],
};

function flagOf(option: Option, words: Words): Flag {
  return {
    names: [option.short, option.long].filter((name) => name !== undefined),
    description: option.description,
    takesValue: option.required || option.optional,
    values: option.argChoices ?? words[option.long ?? ''] ?? [],
  };
}

const names = (commands: readonly Spec[]): string => commands.map(({ name }) => name).join(' ');

/** `check` is what is meant where no command is named. */
const standard = 'check';

function bash(commands: readonly Spec[]): string {
  const flags = (spec: Spec) => spec.flags.flatMap((flag) => flag.names).join(' ');
  const values = commands.flatMap((spec) =>
    spec.flags
      .filter((flag) => flag.takesValue)
      .map((flag) => {
        const patterns = flag.names.map((name) => `"${spec.name} ${name}"`).join('|');
        const reply =
          flag.values.length > 0 ? `compgen -W '${flag.values.join(' ')}' -- "$cur"` : 'compgen -f -- "$cur"';
        return `    ${patterns}) _goleash_reply < <(${reply}); return ;;\n`;
      }),
  );
  const cases = commands.map(
    (spec) =>
      `    ${spec.name}) flags='${flags(spec)}'; words='${spec.words.join(' ')}'; paths=${spec.takesPaths ? 1 : 0} ;;\n`,
  );
  return `# bash completion for goleash: source <(goleash completion bash)
_goleash_reply() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do COMPREPLY+=("$line"); done
}
_goleash() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" command=${standard} flags words paths i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case " ${names(commands)} " in *" \${COMP_WORDS[i]} "*) command="\${COMP_WORDS[i]}"; break ;; esac
  done
  case "$command $prev" in
${values.join('')}  esac
  case "$command" in
${cases.join('')}  esac
  if [[ $cur == -* ]]; then
    _goleash_reply < <(compgen -W "$flags" -- "$cur")
    return
  fi
  ((COMP_CWORD > 1)) || words="$words ${names(commands)}"
  _goleash_reply < <(compgen -W "$words" -- "$cur"; ((paths)) && compgen -f -- "$cur")
}
complete -o filenames -F _goleash goleash
`;
}

function zsh(commands: readonly Spec[]): string {
  const quoted = (text: string) => text.replaceAll("'", "'\\''").replace(/[[\]:\\]/g, '\\$&');
  const cases = commands.map((spec) => {
    const flags = spec.flags.flatMap((flag) =>
      flag.names.map((name) => {
        const value = flag.values.length > 0 ? `:value:(${flag.values.join(' ')})` : ':value:_files';
        return `'*${name}[${quoted(flag.description)}]${flag.takesValue ? value : ''}'`;
      }),
    );
    const argument = spec.words.length > 0 ? [`'1:word:(${spec.words.join(' ')})'`] : [];
    const rest = spec.takesPaths ? ["'*:path:_files'"] : [];
    return `    ${spec.name}) _arguments ${[...flags, ...argument, ...rest].join(' ')} ;;\n`;
  });
  const list = commands.map(({ name, description }) => `'${name}:${quoted(description)}'`).join(' ');
  return `#compdef goleash
# zsh completion for goleash: source <(goleash completion zsh)
_goleash() {
  local -a commands=(${list})
  local command=${standard}
  if (( \${+commands[(r)\${words[2]}:*]} )); then
    command=\${words[2]}
    shift words
    (( CURRENT-- ))
  elif (( CURRENT == 2 )); then
    _describe command commands
  fi
  case $command in
${cases.join('')}  esac
}
compdef _goleash goleash
`;
}

function fish(commands: readonly Spec[]): string {
  const quoted = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`;
  const none = `not __fish_seen_subcommand_from ${names(commands)}`;
  const lines = commands.flatMap((spec) => {
    const here =
      spec.name === standard
        ? `__fish_seen_subcommand_from ${standard}; or ${none}`
        : `__fish_seen_subcommand_from ${spec.name}`;
    const start = `complete -c goleash -n ${quoted(here)}`;
    return [
      `complete -c goleash -n ${quoted(none)} -a ${spec.name} -d ${quoted(spec.description)}`,
      ...(spec.words.length > 0 ? [`${start} -f -a ${quoted(spec.words.join(' '))}`] : []),
      ...spec.flags.map((flag) => {
        const own = flag.names.map((name) =>
          name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
        );
        const value = flag.values.length > 0 ? ` -x -a ${quoted(flag.values.join(' '))}` : ' -r';
        return `${start} ${own.join(' ')}${flag.takesValue ? value : ''} -d ${quoted(flag.description)}`;
      }),
    ];
  });
  return `# fish completion for goleash: goleash completion fish | source\n${lines.join('\n')}\n`;
}

function pwsh(commands: readonly Spec[]): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const list = (words: readonly string[]) => `@(${words.map(quoted).join(', ')})`;
  const entries = commands.map(
    (spec) =>
      `    ${quoted(spec.name)} = ${list([...spec.flags.flatMap((flag) => flag.names), ...spec.words])}\n`,
  );
  const values = commands.flatMap((spec) =>
    spec.flags
      .filter((flag) => flag.values.length > 0)
      .flatMap((flag) =>
        flag.names.map((name) => `    ${quoted(`${spec.name} ${name}`)} = ${list(flag.values)}\n`),
      ),
  );
  return `# PowerShell completion for goleash: goleash completion pwsh | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName goleash -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $commands = @{
${entries.join('')}  }
  $values = @{
${values.join('')}  }
  $before = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { "$_" })
  $command = @($before | Where-Object { $commands.ContainsKey($_) }) | Select-Object -First 1
  $candidates = if (-not $command) { $command = ${quoted(standard)}; @($commands.Keys) + $commands[$command] } else { $commands[$command] }
  $value = $values["$command $($before[-1])"]
  if ($value) { $candidates = $value }
  $candidates | Where-Object { $_ -clike "$wordToComplete*" } | Sort-Object -Unique | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`;
}
