import { invalidPayload } from './errors.js';
import { onFirstUse } from '../on-first-use.js';

const schemas = onFirstUse(() => import('./body-schemas.js'));

/**
 * The members of a request's body, when they are what the route says (body-schemas.ts).
 * @param body undefined where there is none, which counts as an empty one
 * @throws ApiError 400 INVALID_PAYLOAD
 */
export async function checkedBody<Members>(
  route: 'login' | 'register' | 'invite' | 'acceptInvite' | 'importFile',
  body: unknown,
): Promise<Members> {
  const { bodySchemas } = await schemas();
  const { error, value } = bodySchemas[route].validate(body ?? {}) as { error?: Error; value: Members };
  if (error !== undefined) throw invalidPayload(error.message);
  return value;
}
