// XML as text, for the formats that are made of it.

type Attributes = Readonly<Record<string, string | number>>;

/** One element; `content` is XML already. */
export function element(name: string, attributes: Attributes, content?: string): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`);
  const open = `<${name}${written.join('')}`;
  return content === undefined || content === '' ? `${open}/>` : `${open}>${content}</${name}>`;
}

/** A document of one element. */
export function document(root: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

/** Lines of XML, indented one step, for the inside of an element. */
export function block(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `\n${lines.map((line) => `${line}\n`).join('')}`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no way to write these characters at all.
const impossible = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/gu;

/** Text for the inside of an element or a quoted attribute, where a line break would become a blank. */
export function escapeXml(text: string): string {
  return text
    .replace(impossible, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\t', '&#9;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\r', '&#13;');
}
