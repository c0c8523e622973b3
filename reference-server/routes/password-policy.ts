import { projectSettings, type Context } from '../context.js';
import { failedValidation } from '../http/errors.js';
import { expressionOf, matches } from '../query/filter/expression.js';

/**
 * Checks a new password against the setting `auth_password_policy`. Observed: Directus 12.4.1.
 * @throws ApiError 400 FAILED_VALIDATION
 */
export async function mustMeetPolicy(context: Context, password: string): Promise<void> {
  const { auth_password_policy: policy } = await projectSettings(context);
  const expression = typeof policy === 'string' && policy !== '' ? expressionOf(policy) : undefined;
  if (expression === undefined || matches(expression, password)) return;
  throw failedValidation('password', 'regex', [], { invalid: password });
}
