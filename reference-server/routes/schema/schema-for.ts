import type { Response } from 'express';
import { identityOf } from '../../auth/authenticate.js';
import type { Context } from '../../context.js';
import { forbidden } from '../../http/errors.js';
import { covers, type Access } from '../../query/access.js';
import { viewOf } from '../../query/answer-records.js';
import { mayNot } from '../../query/authorized.js';
import type { ToldSchema } from '../../schema/members.js';
import { toldSchema } from '../../schema/told-schema.js';

/**
 * The schema, as far as it may be read.
 * @param of the collection that is asked about, which has to exist
 * @param guard the collection that others are told they may not read
 * @throws ApiError 403 FORBIDDEN
 */
export async function schemaFor(context: Context, response: Response, guard: string, of?: string): Promise<ToldSchema> {
  const told = await toldSchema(context);
  const isTable = (name: string): boolean =>
    told.collections.some(({ collection, schema }) => collection === name && schema !== null);
  if (of !== undefined && !isTable(of)) throw forbidden({ collection: of });
  const { access } = await viewOf(context, response);
  if (!access.may('read', guard)) throw mayNot('read', { name: guard });
  return access.isFull ? told : readable(told, access);
}

/** What of the schema is about records and fields that may be read. */
function readable({ collections, fields, relations }: ToldSchema, access: Access): ToldSchema {
  const isSeen = (name: string | null): boolean => name !== null && access.may('read', name);
  const isField = (collection: string, field: string): boolean =>
    access.to('read', collection).some((each) => covers(each, field));
  return {
    collections: collections.filter(({ collection }) => isSeen(collection)),
    fields: fields.filter(({ collection, field }) => isField(collection, field)),
    relations: relations.filter(
      ({ collection, field, related_collection: to }) => isField(collection, field) && isSeen(to),
    ),
  };
}

/** @throws ApiError 403 FORBIDDEN for all but administrators */
export function mustBeAdministrator(response: Response): void {
  if (!identityOf(response).admin) throw forbidden();
}

/**
 * Checks that fields and relations of a collection may be changed. That it does not exist is told to everybody. Observed: Directus 12.4.1.
 * @throws ApiError 403 FORBIDDEN
 */
export async function mustBeChangeableTable(context: Context, response: Response, name: string): Promise<void> {
  const { collections } = await toldSchema(context);
  if (!collections.some(({ collection, schema }) => collection === name && schema !== null))
    throw forbidden({ collection: name });
  mustBeAdministrator(response);
}
