import { forbidden } from '../http/errors.js';
import { numberOf, textOf } from '../http/loose-values.js';
import { isUuid } from '../ids.js';
import { keyFieldOf, type Collection, type Key } from './collection.js';
import { isNumeric } from './filter/operands.js';

/** True for what can name a record of a collection: a UUID, a number, or any text, as its primary key is. */
export function isKey(collection: Collection, given: unknown): boolean {
  const type = collection.types[keyFieldOf(collection)];
  if (type === 'uuid') return isUuid(given);
  // Observed: Directus 12.4.1.
  if (type === 'integer' || type === 'bigInteger')
    return textOf(given).trim() !== '' && Number.isInteger(numberOf(given));
  if (isNumeric(type)) return textOf(given).trim() !== '' && Number.isFinite(numberOf(given));
  return typeof given === 'string' || typeof given === 'number';
}

/**
 * A key as records have it.
 * @throws ApiError 403 FORBIDDEN for what is none
 */
export function mustBeKey(collection: Collection, given: unknown): Key {
  if (!isKey(collection, given)) throw forbidden();
  return isNumeric(collection.types[keyFieldOf(collection)]) ? numberOf(given) : textOf(given);
}
