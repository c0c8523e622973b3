import { onFirstUse } from '../on-first-use.js';

const schemas = onFirstUse(() => import('./body-schemas.js'));

/**
 * True for what an email address has to look like: as joi has it, with its list of top-level domains, which is what Directus 12.4.1
 * looks addresses up with.
 */
export async function isEmailAddress(value: unknown): Promise<boolean> {
  if (typeof value !== 'string') return false;
  const { emailSchema } = await schemas();
  return emailSchema.validate(value).error === undefined;
}
