// Source text as it may be shown, on a terminal and on a page.

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal.
const unprintable = /[\u0000-\u0008\u000A-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

/** The text without characters that could control the terminal or reorder what it shows; its length is the same. */
export function printable(text: string): string {
  return text.replace(unprintable, '\uFFFD');
}
