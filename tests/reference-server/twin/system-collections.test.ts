import { expect, test } from 'vitest';
import { writableNamed, writableNames } from '../../../reference-server/content/writable-collections.js';
import recorded from '../../../reference-server/schema/system-collections.json' with { type: 'json' };

/*
 * What is said of the collections of the system that are written as items are, against what a Directus 12.4.1 has told of its own
 * (system-collections.json).
 */

type Columns = Readonly<Record<string, { schema?: { is_nullable?: boolean; is_primary_key?: boolean } }>>;

const columnsOf = (name: string): Columns =>
  (recorded.collections as unknown as Readonly<Record<string, { readonly fields: Columns }>>)[name]?.fields ?? {};

/** A Directus clears these itself before it removes a user. Observed: 12.4.1. */
const CLEARED = ['directus_notifications.sender', 'directus_comments.user_updated'];

test.each(writableNames)('%s: what may not be null is asked for, in the order of the columns', (name) => {
  const fields = writableNamed(new Map(), name)?.fields ?? [];
  const asked = fields.filter(({ required }) => required === true).map((field) => field.name);
  const written = new Set(
    fields.filter(({ special, name }) => special !== undefined || name === 'modified_on').map((field) => field.name),
  );
  const notNull = Object.entries(columnsOf(name)).filter(
    ([field, { schema }]) => schema?.is_nullable === false && schema.is_primary_key !== true && !written.has(field),
  );
  expect(asked).toEqual(notNull.map(([field]) => field));
});

test.each(writableNames)('%s: what refers to a record that is removed', (name) => {
  const fields = writableNamed(new Map(), name)?.fields ?? [];
  const told = recorded.relations.filter(
    ({ collection, field, schema }) =>
      collection === name && schema !== undefined && !CLEARED.includes(`${name}.${field}`),
  );
  const own = told.map(({ field }) => fields.find((one) => one.name === field));
  expect(own.map((field) => field?.onDelete)).toEqual(told.map(({ schema }) => schema?.on_delete));
});
