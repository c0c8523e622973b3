import { invalidPayload } from './errors.js';

/**
 * The members of a request's body, when they are what the route says (body-schemas.ts).
 * @param body undefined where there is none, which is as good as an empty one
 * @throws ApiError 400 INVALID_PAYLOAD
 */
export async function checkedBody<Members>(
  route: 'login' | 'register' | 'invite' | 'acceptInvite',
  body: unknown,
): Promise<Members> {
  // Loaded by the first request that needs it.
  const { bodySchemas } = await import('./body-schemas.js');
  const { error, value } = bodySchemas[route].validate(body ?? {}) as { error?: Error; value: Members };
  if (error !== undefined) throw invalidPayload(error.message);
  return value;
}
