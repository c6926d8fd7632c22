import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { pathOfUri, uriOfPath } from '../../server/uri.ts';

test('paths of file URIs', () => {
  const cases: readonly [uri: string, path: string][] = [
    ['file:///src/a.go', '/src/a.go'],
    ['file:///my%20code/a.go', '/my code/a.go'],
    ['file:///my code/a.go', '/my code/a.go'],
    ['file:///100%25/a%23b%3F.go', '/100%/a#b?.go'],
    ['file:///100%/a.go', '/100%/a.go'],
    ['file:///caf%C3%A9/%F0%9F%90%B9.go', '/café/🐹.go'],
    ['file:///broken%C3/a.go', '/broken%C3/a.go'],
    ['file://localhost/src/a.go', '/src/a.go'],
    ['FILE:///src/a.go', '/src/a.go'],
    ['file:/src/a.go', '/src/a.go'],
    ['file:///src/a.go#L3', '/src/a.go'],
    ['file:///c:/src/a.go', '/c:/src/a.go'],
  ];
  for (const [uri, path] of cases) assert.equal(pathOfUri(uri, false), path, uri);
});

test('paths of file URIs on Windows', () => {
  const cases: readonly [uri: string, path: string][] = [
    ['file:///c%3A/my%20code/a.go', 'C:/my code/a.go'],
    ['file:///C:/src/a.go', 'C:/src/a.go'],
    ['file:///c:/', 'C:/'],
    ['file://server/share/a.go', '//server/share/a.go'],
  ];
  for (const [uri, path] of cases) assert.equal(pathOfUri(uri, true), path, uri);
});

test('other URIs have no path', () => {
  for (const uri of ['untitled:Untitled-1', 'git:/src/a.go', 'https://a/b.go', 'file:a.go', '']) {
    assert.equal(pathOfUri(uri, false), undefined, uri);
  }
});

const segment = fc.string({ unit: 'grapheme', minLength: 1 }).map((s) => s.replace(/[/\\\0]/g, '_'));
const segments = fc.array(segment, { minLength: 1, maxLength: 4 });

test('a path comes back from its URI, and node:url reads it the same way', () => {
  fc.assert(
    fc.property(segments, (parts) => {
      const path = `/${parts.join('/')}`;
      const uri = uriOfPath(path);
      assert.match(uri, /^file:\/\/\/[\w.~%/-]*$/);
      assert.equal(pathOfUri(uri, false), path);
      const named = parts.every((part) => part !== '.' && part !== '..');
      if (named && process.platform !== 'win32') {
        assert.equal(fileURLToPath(uri), path);
        assert.equal(pathOfUri(pathToFileURL(path).href, false), path);
      }
    }),
  );
});

test('a Windows path comes back from its URI', () => {
  const root = fc.constantFrom('C:/', 'Z:/', '//server/share/');
  fc.assert(
    fc.property(root, segments, (start, parts) => {
      const path = start + parts.join('/');
      assert.equal(pathOfUri(uriOfPath(path), true), path);
    }),
  );
});
