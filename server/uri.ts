// File URIs and paths, as pure functions: node:url's own conversion differs between the releases of Node 20 and
// throws on the URIs that some editors really send.

/**
 * The path that a `file:` URI names, with `/` separators; undefined for any other URI. A Windows drive gets an
 * upper-case letter (`C:/src`), so that two spellings of one file are one path; a host makes a UNC path.
 */
export function pathOfUri(uri: string, windows: boolean = process.platform === 'win32'): string | undefined {
  const parts = /^file:(?:\/\/([^/?#]*))?(\/[^?#]*)/i.exec(uri);
  if (!parts) return undefined;
  const host = parts[1] ?? '';
  const path = decode(parts[2] ?? '');
  if (host !== '' && host.toLowerCase() !== 'localhost') return `//${host}${path}`;
  const drive = windows ? /^\/([a-z]):/i.exec(path) : null;
  return drive?.[1] ? `${drive[1].toUpperCase()}:${path.slice(3)}` : path;
}

/** The `file:` URI of an absolute path with `/` separators. */
export function uriOfPath(path: string): string {
  if (path.startsWith('//')) {
    const [host = '', ...segments] = path.slice(2).split('/');
    return `file://${host}/${segments.map(encode).join('/')}`;
  }
  return `file://${path.startsWith('/') ? '' : '/'}${path.split('/').map(encode).join('/')}`;
}

/** Decodes the escapes that are valid and keeps the others, which are meant literally. */
function decode(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}

function encode(segment: string): string {
  return encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
