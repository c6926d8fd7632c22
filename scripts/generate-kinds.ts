// Writes analysis/syntax/kinds.generated.ts: the node types and field names of the Go grammar as TypeScript
// unions, so that a misspelt kind or field does not compile.
import { createRequire } from 'node:module';

interface NodeType {
  type: string;
  named: boolean;
  fields?: Record<string, unknown>;
}

/** The text of `analysis/syntax/kinds.generated.ts` for the installed tree-sitter-go. */
export function kindsModule(): string {
  const types = createRequire(import.meta.url)('tree-sitter-go/src/node-types.json') as NodeType[];
  const kinds = new Set(types.filter((t) => t.named && !t.type.startsWith('_')).map((t) => t.type));
  const fields = new Set(types.flatMap((t) => Object.keys(t.fields ?? {})));
  return [
    '// Generated from the node types of tree-sitter-go by `npm run generate`. Do not edit.',
    union('Kind', [...kinds, 'operator']),
    union('Field', [...fields]),
  ].join('\n');
}

function union(name: string, members: readonly string[]): string {
  const sorted = [...members].sort();
  return `\nexport type ${name} =\n${sorted.map((m) => `  | '${m}'`).join('\n')};\n`;
}
