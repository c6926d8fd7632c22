// The standard calls that can block and take no context, each with the call that does the same and takes one.

/** How a call is rewritten. */
export interface Rewritten {
  /** The text of the function. */
  readonly fn: string;
  /** Arguments between the context and those that are there. */
  readonly extra: readonly string[];
  /** Set if arguments from this position on are left out. */
  readonly keep?: number;
}

export interface ContextVariant {
  /** What the context would end: `the process`. */
  readonly ends: string;
  /** `strong`: what runs on costs something, and nothing else bounds it. */
  readonly weight: 'strong' | 'weak';
  /**
   * The call with a context. `qualifier` is what stands before the function's name, with its dot: `exec.`, `s.db.`,
   * or `''`. Undefined if the arguments cannot be carried over.
   */
  rewrite(qualifier: string, args: readonly string[]): Rewritten | undefined;
}

/** The same call under another name. */
function renamed(
  ends: string,
  weight: ContextVariant['weight'],
  name: string,
  extra: readonly string[] = [],
): ContextVariant {
  return { ends, weight, rewrite: (qualifier) => ({ fn: qualifier + name, extra }) };
}

/** A request of the client's own making: only one that is made by hand can have a context. */
function sent(name: string): [string, ContextVariant] {
  return [`net/http.Client.${name}`, { ends: 'the request', weight: 'weak', rewrite: () => undefined }];
}

function dialled(rewrite: ContextVariant['rewrite']): ContextVariant {
  return { ends: 'the dial', weight: 'weak', rewrite };
}

function resolved(name: string, extra: readonly string[] = []): [string, ContextVariant] {
  return [`net.${name}`, renamed('the lookup', 'weak', `DefaultResolver.${name}`, extra)];
}

function sql(
  types: readonly string[],
  names: readonly string[],
  ends: string,
): readonly [string, ContextVariant][] {
  return types.flatMap((type) =>
    names.map((name): [string, ContextVariant] => [
      `database/sql.${type}.${name}`,
      renamed(ends, 'weak', `${name}Context`),
    ]),
  );
}

/** An argument as gofmt writes it where it is the value of a key; undefined if that is not simple. */
function asValue(argument: string): string | undefined {
  const product = /^([\w.]+) ?\* ?([\w.]+)$/.exec(argument);
  if (product) return `${product[1]} * ${product[2]}`;
  return /^[\w.]+(?:\(\))?$/.test(argument) ? argument : undefined;
}

/** By `Callee.name`. */
export const contextVariants: ReadonlyMap<string, ContextVariant> = new Map([
  ['os/exec.Command', renamed('the process', 'strong', 'CommandContext')],
  ['net/http.NewRequest', renamed('the request', 'strong', 'NewRequestWithContext')],
  ...['Get', 'Head', 'Post', 'PostForm'].map(sent),
  ...sql(['DB', 'Tx', 'Stmt'], ['Query', 'QueryRow', 'Exec'], 'the query'),
  ...sql(['DB', 'Tx'], ['Prepare'], 'it'),
  ...sql(['DB'], ['Ping'], 'it'),
  ['database/sql.DB.Begin', renamed('the transaction', 'weak', 'BeginTx', ['nil'])],
  ['net.Dial', dialled((qualifier) => ({ fn: `(&${qualifier}Dialer{}).DialContext`, extra: [] }))],
  [
    'net.DialTimeout',
    dialled((qualifier, args) => {
      const timeout = args[2] === undefined ? undefined : asValue(args[2]);
      return timeout === undefined
        ? undefined
        : { fn: `(&${qualifier}Dialer{Timeout: ${timeout}}).DialContext`, extra: [], keep: 2 };
    }),
  ],
  ['net.Dialer.Dial', renamed('the dial', 'weak', 'DialContext')],
  ['crypto/tls.Dialer.Dial', renamed('the dial', 'weak', 'DialContext')],
  ['crypto/tls.Conn.Handshake', renamed('the handshake', 'weak', 'HandshakeContext')],
  ...['Host', 'Addr', 'CNAME', 'MX', 'NS', 'Port', 'SRV', 'TXT'].map((name) => resolved(`Lookup${name}`)),
  resolved('LookupIP', ['"ip"']),
]);
