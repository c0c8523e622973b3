import fc, { type Arbitrary } from 'fast-check';
import { freshIds, UNKNOWN_ID } from '../../people.js';
import type { Step } from '../../step.js';
import { mostly, optional, some } from '../combinators.js';
import { by } from './library.js';
import { answered, body, pathTo, query, step } from '../request.js';

const { constant, constantFrom, oneof, record } = fc;

const BOUNDARY = 'differential';

interface Part {
  readonly name: string;
  readonly text: string;
  /** Of a file. */
  readonly filename?: string;
  readonly type?: string;
}

/** A multipart body, as RFC 7578 has it. */
const multipart = (parts: readonly Part[]): string =>
  [
    ...parts.map(({ name, text, filename, type }) =>
      [
        `--${BOUNDARY}`,
        `Content-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}`,
        ...(type === undefined ? [] : [`Content-Type: ${type}`]),
        '',
        text,
      ].join('\r\n'),
    ),
    `--${BOUNDARY}--`,
    '',
  ].join('\r\n');

const known = record({
  id: oneof(some(6, constantFrom(...freshIds)), some(1, constantFrom('x', ''))),
  title: optional(constantFrom('A title', '')),
  description: optional(constantFrom('what it is')),
  folder: oneof(some(5, constant(undefined)), some(1, constantFrom(UNKNOWN_ID, 'x'))),
  nope: oneof(some(9, constant(undefined)), some(1, constant('1'))),
}).map((given): Part[] =>
  Object.entries(given).flatMap(([name, text]) => (text === undefined ? [] : [{ name, text }])),
);
const file: Arbitrary<Part> = record({
  name: constant('file'),
  text: constantFrom('hello', '', '{"a":1}', '<b>hi</b>'),
  filename: constantFrom('hello.txt', 'some_file-name.tar.gz', 'noextension', 'page.html', 'a b.json', 'ü.txt'),
  type: constantFrom(
    'text/plain',
    'application/json',
    'text/html',
    'application/octet-stream',
    'text/plain; charset=utf-8',
  ),
});
const upload: Arbitrary<Partial<Step>> = record({
  parts: known,
  files: fc.array(file, { minLength: 0, maxLength: 1 }),
}).map(({ parts, files }) => ({
  body: multipart([...parts, ...files]),
  contentType: `multipart/form-data; boundary=${BOUNDARY}`,
}));
const fields = oneof(
  some(
    5,
    fc
      .subarray(
        ['id', 'title', 'type', 'filesize', 'filename_download', 'folder', 'description', 'storage', 'folder.name'],
        {
          minLength: 1,
          maxLength: 4,
        },
      )
      .map((names) => names.join(',')),
  ),
  some(1, constantFrom('nope', 'uploaded_by.email', 'modified_by', 'charset,tags,metadata')),
);
const id = oneof(some(6, constantFrom(...freshIds)), some(1, constantFrom(UNKNOWN_ID, 'x')));
const changes = body({
  title: optional(constantFrom<unknown>('Other', null, 1)),
  description: optional(constantFrom<unknown>('d', null)),
  filename_download: oneof(some(5, constant(undefined)), some(1, constantFrom<unknown>('new.txt', null))),
  tags: oneof(some(5, constant(undefined)), some(1, constantFrom<unknown>(['a'], null, 'a,b'))),
  folder: oneof(some(5, constant(undefined)), some(1, constantFrom<unknown>(null, UNKNOWN_ID, freshIds[0]))),
});
const uploaded = (method: string, path: Arbitrary<string>): Arbitrary<Step> =>
  fc.tuple(step(`upload ${method}`, method, path, undefined, by), upload).map(([to, sent]) => ({ ...to, ...sent }));

/** Files are uploaded, described, downloaded and removed. */
export const files = oneof(
  some(
    6,
    uploaded(
      'POST',
      answered(fields).map((end) => `/files${end}`),
    ),
  ),
  some(1, uploaded('PATCH', pathTo('/files', id, answered(fields)))),
  some(
    1,
    step(
      'create file',
      'POST',
      '/files?fields=title,type',
      mostly(
        body({
          id: constantFrom(...freshIds),
          type: optional(constant('text/plain')),
          storage: optional(constant('local')),
          // A Directus cannot remove a file without one.
          filename_disk: constant('x.txt'),
          filename_download: optional(constant('x.txt')),
          title: optional(constant('T')),
        }),
        constantFrom<unknown>({}, []),
      ),
      by,
    ),
  ),
  some(
    2,
    step(
      'list files',
      'GET',
      query({ fields: mostly(fields, constant('title,type')), sort: constant('id') }).map((end) => `/files${end}`),
      undefined,
      by,
    ),
  ),
  some(1, step('read file', 'GET', pathTo('/files', id, query({ fields })), undefined, by)),
  some(
    4,
    step(
      'asset',
      'GET',
      pathTo(
        '/assets',
        id,
        constantFrom(
          '',
          '',
          '?download',
          '/name.txt',
          '?key=nope',
          '?key=system-small-cover',
          '?width=x',
          '?width=10',
          '?quality=200',
          '?download=false',
        ),
      ),
      undefined,
      by,
    ),
  ),
  some(1, step('asset', 'HEAD', pathTo('/assets', id, constant('')), undefined, by)),
  some(2, step('change file', 'PATCH', pathTo('/files', id, query({ fields })), changes, by)),
  some(
    1,
    step('change files', 'PATCH', '/files?fields=title', body({ keys: fc.subarray(freshIds), data: changes }), by),
  ),
  some(1, step('remove file', 'DELETE', pathTo('/files', id, constant('')), undefined, by)),
  some(1, step('remove files', 'DELETE', '/files', fc.subarray(freshIds), by)),
);
