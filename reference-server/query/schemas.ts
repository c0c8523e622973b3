import Joi from 'joi';

/*
 * What a query and a batch have to be, as joi has it: the words of what is wrong, and what is named first, are then those of a Directus,
 * which uses the same library.
 */

export const querySchema = Joi.object({
  fields: Joi.array().items(Joi.string()),
  sort: Joi.array().items(Joi.string()),
  filter: Joi.object({}).unknown(),
  limit: Joi.number().integer().min(-1),
  offset: Joi.number().integer().min(0),
  page: Joi.number().integer().min(0),
  meta: Joi.array().items(Joi.string().valid('total_count', 'filter_count')),
  export: Joi.string().valid('csv', 'csv_utf8', 'json', 'xml', 'yaml'),
}).unknown();

const keys = Joi.array().items(Joi.alternatives(Joi.string(), Joi.number()));
const query = Joi.object().unknown();

export const batchSchemas = {
  update: Joi.object({ keys, query, data: Joi.object().unknown().required() }).xor('query', 'keys'),
  delete: Joi.object({ keys, query }).xor('query', 'keys'),
  search: Joi.object({ keys, query }),
};

export const oneToManySchema = Joi.object({
  create: Joi.array().items(Joi.object().unknown()),
  update: Joi.array().items(Joi.object().unknown()),
  delete: Joi.array().items(Joi.string(), Joi.number()),
});
