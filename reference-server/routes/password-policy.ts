import { projectSettings, type Context } from '../context.js';
import { ApiError } from '../http/errors.js';

/** How long a password may be that an expression is tried on, in characters. */
const LONGEST = 1_000;

/**
 * The regular expression of a policy, as /^.{8,}$/.
 * @returns undefined for what is none
 */
export function expressionOf(policy: string): RegExp | undefined {
  const end = policy.lastIndexOf('/');
  const [source, flags] =
    policy.startsWith('/') && end > 0 ? [policy.slice(1, end), policy.slice(end + 1)] : [policy, ''];
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

/**
 * Checks a new password against the setting `auth_password_policy`. Observed: Directus 12.4.1.
 * @throws ApiError 400 FAILED_VALIDATION
 */
export async function mustMeetPolicy(context: Context, password: string): Promise<void> {
  const { auth_password_policy: policy } = await projectSettings(context);
  const expression = typeof policy === 'string' && policy !== '' ? expressionOf(policy) : undefined;
  if (expression === undefined || expression.test(password.slice(0, LONGEST))) return;
  const message = `Validation failed for field "password". Value doesn't have the correct format.`;
  throw new ApiError(400, 'FAILED_VALIDATION', message, {
    field: 'password',
    path: [],
    type: 'regex',
    invalid: password,
  });
}
