import fc from 'fast-check';
import { optional } from '../combinators.js';
import { junk } from '../junk.js';
import { by } from './library.js';
import { answered, body, step } from '../request.js';

const { constant, constantFrom, oneof } = fc;

const fields = constantFrom('id', 'heading', 'heading,size', '*', 'nope', 'heading,nope');
const page = answered(fields).map((end) => `/items/page${end}`);

/** A collection that is one record. */
export const singleton = oneof(
  step('read singleton', 'GET', page, undefined, by),
  step(
    'change singleton',
    'PATCH',
    page,
    body({ heading: optional(junk), size: optional(constantFrom<unknown>(5, '6', null)) }),
    by,
  ),
  step('singleton', 'POST', page, body({ heading: constant('x') }), by),
  step(
    'singleton',
    'GET',
    constantFrom('/items/page/1', '/items/page?aggregate[count]=*', '/items/page?limit=0'),
    undefined,
    by,
  ),
  step('singleton', 'PATCH', constant('/items/page/1'), body({ heading: constant('x') }), by),
  step(
    'singleton',
    'POST',
    constant('/graphql'),
    constantFrom<unknown>(
      { query: '{page{heading size}}' },
      { query: 'mutation{update_page(data:{heading:"g"}){heading}}' },
      { query: '{page_by_id(id:1){heading}}' },
      { query: 'subscription{articles_mutated{key event data{title}}}' },
      { query: 'subscription{nope{key}}' },
    ),
    by,
  ),
);
