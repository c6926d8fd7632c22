// The standard calls that can block and take no context, each with the call that does the same and takes one.

/** How a call is rewritten: the text of its function, and of its arguments after the context. */
export interface Rewritten {
  readonly fn: string;
  readonly args: readonly string[];
}

export interface ContextVariant {
  /** What the context would end: `the process`. */
  readonly ends: string;
  /** `strong` if a missing context is likely to hurt: what runs on costs something and nothing else bounds it. */
  readonly weight: 'strong' | 'weak';
  /**
   * The call with a context. `qualifier` is what stands before the function's name, with its dot: `exec.`, `s.db.`,
   * or `''`.
   */
  rewrite(qualifier: string, args: readonly string[]): Rewritten;
}

/** The same call under another name. */
function renamed(ends: string, weight: ContextVariant['weight'], name: string): ContextVariant {
  return { ends, weight, rewrite: (qualifier, args) => ({ fn: qualifier + name, args }) };
}

function dialled(rewrite: ContextVariant['rewrite']): ContextVariant {
  return { ends: 'the dial', weight: 'weak', rewrite };
}

function lookup(name: string, before: readonly string[] = []): [string, ContextVariant] {
  const rewrite: ContextVariant['rewrite'] = (qualifier, args) => ({
    fn: `${qualifier}DefaultResolver.${name}`,
    args: [...before, ...args],
  });
  return [`net.${name}`, { ends: 'the lookup', weight: 'weak', rewrite }];
}

function sql(types: readonly string[], names: readonly string[], ends: string): [string, ContextVariant][] {
  return types.flatMap((type) =>
    names.map((name): [string, ContextVariant] => [
      `database/sql.${type}.${name}`,
      renamed(ends, 'weak', `${name}Context`),
    ]),
  );
}

/** By `Callee.name`. */
export const contextVariants: ReadonlyMap<string, ContextVariant> = new Map([
  ['os/exec.Command', renamed('the process', 'strong', 'CommandContext')],
  ['net/http.NewRequest', renamed('the request', 'strong', 'NewRequestWithContext')],
  ...sql(['DB', 'Tx', 'Stmt'], ['Query', 'QueryRow', 'Exec'], 'the query'),
  ...sql(['DB', 'Tx'], ['Prepare'], 'it'),
  ...sql(['DB'], ['Ping'], 'it'),
  [
    'database/sql.DB.Begin',
    {
      ends: 'the transaction',
      weight: 'weak',
      rewrite: (qualifier) => ({ fn: `${qualifier}BeginTx`, args: ['nil'] }),
    },
  ],
  ['net.Dial', dialled((qualifier, args) => ({ fn: `(&${qualifier}Dialer{}).DialContext`, args }))],
  [
    'net.DialTimeout',
    dialled((qualifier, args) => ({
      fn: `(&${qualifier}Dialer{Timeout: ${args[2] ?? '0'}}).DialContext`,
      args: args.slice(0, 2),
    })),
  ],
  ['net.Dialer.Dial', renamed('the dial', 'weak', 'DialContext')],
  ['crypto/tls.Dialer.Dial', renamed('the dial', 'weak', 'DialContext')],
  ['crypto/tls.Conn.Handshake', renamed('the handshake', 'weak', 'HandshakeContext')],
  ...[
    'LookupHost',
    'LookupAddr',
    'LookupCNAME',
    'LookupMX',
    'LookupNS',
    'LookupPort',
    'LookupSRV',
    'LookupTXT',
  ].map((name) => lookup(name)),
  lookup('LookupIP', ['"ip"']),
]);
