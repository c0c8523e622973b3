import Joi from 'joi';

/*
 * What the bodies of requests have to be, as joi has it: the words of what is wrong, and what is named first, are then those of a
 * Directus, which uses the same library. The order of the members is the order in which they are looked at.
 */

export const emailSchema = Joi.string().email();
const text = Joi.string();

export const bodySchemas = {
  login: Joi.object({
    email: emailSchema.required(),
    password: text.required(),
    mode: text.valid('cookie', 'json', 'session'),
    otp: text,
  }).unknown(),
  register: Joi.object({
    email: emailSchema.required(),
    password: text.required(),
    verification_url: text.uri(),
    first_name: text,
    last_name: text,
  }),
  invite: Joi.object({
    email: Joi.alternatives(emailSchema, Joi.array().items(emailSchema)).required(),
    role: text.uuid().required(),
    invite_url: text.uri(),
  }),
  importFile: Joi.object({ url: text.required(), data: Joi.object() }),
  acceptInvite: Joi.object({ token: text.required(), password: text.required() }),
};
