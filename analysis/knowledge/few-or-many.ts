// What names say about numbers: of some things a program has few, of others there can be any number.

/** The parts that systems are made of. */
const few: ReadonlySet<string> = new Set(
  (
    'addr address argument backend batch broker client cluster collector container core cpu device disk drive driver ' +
    'endpoint handler host informer interface kind listener master member mirror monitor mount namespace nic node ns ' +
    'option partition peer plugin pool port provider region replica server set shard slave target tenant type upstream ' +
    'version volume worker zone'
  ).split(' '),
);

/** What people and programs store, send and ask for. */
const many: ReadonlySet<string> = new Set(
  (
    'account blob block chunk cid command customer doc document element email entry event file hash id item job key line ' +
    'link message msg notification object order path photo picture pod product query record req request row task text ' +
    'ticket transaction tx uri url user uuid value video word'
  ).split(' '),
);

/** Whether a name has the word for a thing of which a program has few. */
export function isOfFew(name: string): boolean {
  return wordsOf(name).some((word) => few.has(word));
}

/** Whether a name ends in the word for a thing of which there can be any number. */
export function isOfMany(name: string): boolean {
  return many.has(wordsOf(name).at(-1) ?? '');
}

/** The words of a name as Go writes them, in small letters and the singular. */
function wordsOf(name: string): readonly string[] {
  return name
    .split(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})|[^A-Za-z]+/)
    .map((word) => singular(word.toLowerCase()));
}

function singular(word: string): string {
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(?:ss|sh|ch|x)es$/.test(word)) return word.slice(0, -2);
  return word.length > 2 ? word.replace(/(?<=[^s])s$/, '') : word;
}
