import { queryOfDeep, type Query } from './checked-query.js';
import { keyFieldOf, type Item, type RelatedRecords } from './collection.js';
import type { Who } from './filter/operands.js';
import type { Records } from './records.js';
import { select } from './select.js';

/** Of one record there is no page: what it is sorted by says nothing, and neither do numbers. Observed: Directus 12.4.1. */
const ofOne = ({ filter, search }: Query): Query => ({
  limit: -1,
  ...(filter !== undefined && { filter }),
  ...(search !== undefined && { search }),
});

/** What `deep` asks of the records that fields refer to: `deep[articles][_limit]=1`. Observed: Directus 12.4.1. */
export class Deep {
  constructor(
    private readonly given: Item,
    private readonly who: Who,
    /** The fields that lead there. */
    private readonly path: readonly string[] = [],
  ) {}

  /** The same beneath a field; undefined where nothing is asked there. */
  beneath(field: string): Deep | undefined {
    const given = this.given[field];
    return typeof given === 'object' && given !== null
      ? new Deep(given as Item, this.who, [...this.path, field])
      : undefined;
  }

  /**
   * Those of the records that a field refers to that are asked for.
   * @throws ApiError 400 INVALID_QUERY, 403 FORBIDDEN
   */
  async select(
    field: string,
    records: Records,
    { to: collection, many }: RelatedRecords,
    items: readonly Item[],
  ): Promise<readonly Item[]> {
    const given = this.beneath(field)?.query();
    if (given === undefined) return items;
    const asked = many ? given : ofOne(given);
    const raw = await records.selectable(collection);
    const key = keyFieldOf(collection);
    const wanted = new Set(items.map((item) => item[key]));
    const { items: chosen } = await select(
      records,
      collection,
      raw.filter((item) => wanted.has(item[key])),
      asked,
      this.who,
      [...this.path, field],
    );
    return records.named(
      collection,
      chosen.map((item) => item[key]),
    );
  }

  /** What is asked of these records themselves. */
  query(): Query {
    return queryOfDeep(this.given);
  }
}
