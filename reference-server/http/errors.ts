import ms from 'ms';

/** What an error answer holds for each error. Observed: Directus 12.4.1. */
export interface ErrorBody {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>> & { readonly code: string };
}

/** A rejection that the client is told about: status, code and message are what goes over the wire. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  /**
   * @param status the HTTP status
   * @param code the machine-readable code, `extensions.code`
   * @param details members of `extensions` that come before the code
   * @param further what else is wrong, told after it
   */
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
    private readonly further: readonly ApiError[] = [],
  ) {
    super(message);
  }

  /** The answer's body: `{"errors":[{"message":…,"extensions":{…,"code":…}}]}`. */
  get envelope(): { errors: ErrorBody[] } {
    const own = { message: this.message, extensions: { ...this.details, code: this.code } };
    return { errors: [own, ...this.further.flatMap(({ envelope }) => envelope.errors)] };
  }
}

/** 401: no token, an unknown token, a wrong password. Says no more, so that nothing can be learnt from it. */
export const invalidCredentials = (): ApiError => new ApiError(401, 'INVALID_CREDENTIALS', 'Invalid user credentials.');

/** 401: the one-time password is missing or wrong. */
export const invalidOtp = (): ApiError => new ApiError(401, 'INVALID_OTP', 'Invalid user OTP.');

/** 401: the token was valid and has expired. */
export const tokenExpired = (): ApiError => new ApiError(401, 'TOKEN_EXPIRED', 'Token expired.');

/** 403: a JWT that names this server and was not signed by it, or not for this use. */
export const invalidToken = (): ApiError => new ApiError(403, 'INVALID_TOKEN', 'Invalid token.');

/** 429: as many requests as are allowed were made. `reset` is when the next one may come. */
export const requestsExceeded = (limit: number, reset: Date, waitMs: number): ApiError =>
  new ApiError(429, 'REQUESTS_EXCEEDED', `Too many requests, retry after ${ms(waitMs)}.`, { limit, reset });

/** 400: the request's body, or the way it is put together, is wrong. `reason` has no full stop. */
export const invalidPayload = (reason: string): ApiError =>
  new ApiError(400, 'INVALID_PAYLOAD', `Invalid payload. ${reason}.`, { reason });

/** 400: the query string is wrong. `reason` has no full stop. */
export const invalidQuery = (reason: string): ApiError =>
  new ApiError(400, 'INVALID_QUERY', `Invalid query. ${reason}.`, { reason });

/** 403: not allowed, or not there: which of the two is not told. */
export function forbidden(what?: {
  readonly collection: string;
  readonly field?: string;
  /** The fields that lead there, from the collection that was asked for. */
  readonly path?: readonly string[];
}): ApiError {
  if (what === undefined) return new ApiError(403, 'FORBIDDEN', "You don't have permission to access this.");
  const { collection, path = [] } = what;
  const field = what.field === undefined ? '' : `field "${what.field}" in `;
  const where = path.length === 0 ? 'root' : `"${path.join('.')}"`;
  const reason = `You don't have permission to access ${field}collection "${collection}" or it does not exist. Queried in ${where}.`;
  return new ApiError(403, 'FORBIDDEN', reason, { reason });
}

/** 403: these fields may not be written, or do not exist. */
export function forbiddenFields(collection: string, fields: readonly string[], path: readonly string[] = []): ApiError {
  const [field = ''] = fields;
  if (fields.length === 1) return forbidden({ collection, field, path });
  const where = path.length === 0 ? 'root' : `"${path.join('.')}"`;
  const named = fields.map((each) => `"${each}"`).join(', ');
  const reason = `You don't have permission to access fields ${named} in collection "${collection}" or they do not exist. Queried in ${where}.`;
  return new ApiError(403, 'FORBIDDEN', reason, { reason });
}

/** 400: another record has this value already. `value` as it is told to the client. */
export function recordNotUnique(collection: string, field: string, value: string | number): ApiError {
  const named = value === '' ? 'Value' : `Value "${value}"`;
  const message = `${named} for field "${field}" in collection "${collection}" has to be unique.`;
  return new ApiError(400, 'RECORD_NOT_UNIQUE', message, { collection, field, value });
}

/** What a message says of each type of validation; of other types it says nothing. Observed: Directus 12.4.1. */
const problems = {
  email: () => 'Value has to be a valid email address',
  required: () => 'Value is required',
  null: () => 'Value has to be null',
  nnull: () => "Value can't be null",
  empty: () => 'Value has to be empty',
  nempty: () => "Value can't be empty",
  eq: ({ valid }: Details) => `Value has to be ${quoted(valid)}`,
  neq: ({ invalid }: Details) => `Value can't be ${quoted(invalid)}`,
  in: ({ valid }: Details) => `Value has to be one of ${quoted(valid)}`,
  nin: ({ invalid }: Details) => `Value can't be one of ${quoted(invalid)}`,
  gt: ({ valid }: Details) => `Value has to be greater than ${quoted(valid)}`,
  gte: ({ valid }: Details) => `Value has to be greater than or equal to ${quoted(valid)}`,
  lt: ({ valid }: Details) => `Value has to be less than ${quoted(valid)}`,
  lte: ({ valid }: Details) => `Value has to be less than or equal to ${quoted(valid)}`,
  contains: ({ substring }: Details) => `Value has to contain ${quoted(substring)}`,
  ncontains: ({ substring }: Details) => `Value can't contain ${quoted(substring)}`,
  regex: () => "Value doesn't have the correct format",
};
type Details = Readonly<Record<string, unknown>>;
const quoted = (value: unknown): string =>
  (Array.isArray(value) ? (value as unknown[]) : [value]).map((each) => `"${String(each)}"`).join(', ');
const isWorded = (type: string): type is keyof typeof problems => Object.hasOwn(problems, type);

/**
 * 400: a member of the record is not what it has to be.
 * @param type of validation: required, or the filter operator that it does not meet
 * @param path the fields that lead to the record
 * @param details what it had to be
 */
export function failedValidation(
  field: string,
  type: string,
  path: readonly string[] = [],
  details: Details = {},
): ApiError {
  const where = path.length === 0 ? '' : ` at "${path.join('.')}"`;
  const problem = isWorded(type) ? ` ${problems[type](details)}.` : '';
  const told = type === 'email' ? { field, type, path } : { field, path, type };
  return new ApiError(400, 'FAILED_VALIDATION', `Validation failed for field "${field}"${where}.${problem}`, {
    ...told,
    ...details,
  });
}

/** The first of several errors, which tells the others after it. */
export function together([first, ...others]: readonly ApiError[]): ApiError {
  if (first === undefined) return internalError();
  return new ApiError(first.status, first.code, first.message, first.details, others);
}

/** 400: the record refers to one that is not there. */
export const invalidForeignKey = (): ApiError =>
  new ApiError(400, 'INVALID_FOREIGN_KEY', 'Invalid foreign key.', { collection: null, field: null, value: null });

/** 400: there is no such invitation, or it was accepted before. */
export const invalidInvite = (): ApiError => new ApiError(400, 'INVALID_INVITE', 'This invite is no longer valid.');

/** 404: there is nothing at this path, or not for this method. */
export const routeNotFound = (path: string): ApiError =>
  new ApiError(404, 'ROUTE_NOT_FOUND', `Route ${path} doesn't exist.`, { path });

/** 405: what is asked for needs another method. */
export const methodNotAllowed = (current: string, allowed: readonly string[]): ApiError =>
  new ApiError(
    405,
    'METHOD_NOT_ALLOWED',
    `Invalid method "${current}" used. Should be one of ${allowed.map((method) => `"${method}"`).join(', ')}.`,
    { allowed, current },
  );

/** 422: there has to be an administrator. */
export const lastAdministrator = (): ApiError => {
  const reason = 'Cannot remove the last admin user from the system';
  return new ApiError(422, 'UNPROCESSABLE_CONTENT', `Can't process content. ${reason}.`, { reason });
};

/** 415: what is sent has a media type that is not read there. `where` as in "Content-Type header". */
export const unsupportedMedia = (mediaType: string, where: string): ApiError =>
  new ApiError(415, 'UNSUPPORTED_MEDIA_TYPE', `Unsupported media type "${mediaType}" in ${where}.`, {
    mediaType,
    where,
  });

/** 415: the request is not `application/json`. */
export const unsupportedMediaType = (): ApiError =>
  new ApiError(415, 'UNSUPPORTED_MEDIA_TYPE', 'Unsupported media type. Send "application/json".');

/** 431: the head of the request has too many fields (RFC 6585 section 5). */
export const requestHeaderTooLarge = (): ApiError =>
  new ApiError(431, 'REQUEST_HEADER_FIELDS_TOO_LARGE', 'The request has too many header fields.');

/** 503: the server has as much to do as it can bear. */
export const serviceUnavailable = (): ApiError =>
  new ApiError(503, 'SERVICE_UNAVAILABLE', 'The server is busy, try again later.');

/** 503: a file is not fetched from elsewhere. */
export function unreachable(url: string): ApiError {
  const reason = `Couldn't fetch file from URL "${url}"`;
  const message = `Service "external-file" is unavailable. ${reason}.`;
  return new ApiError(503, 'SERVICE_UNAVAILABLE', message, { service: 'external-file', reason });
}

/** 500: a fault of the server. Tells nothing about it. */
export const internalError = (): ApiError =>
  new ApiError(500, 'INTERNAL_SERVER_ERROR', 'An unexpected error occurred.');

/** 500: what a Directus tells administrators of a fault that its database finds. */
export const databaseError = (reason: string): ApiError => new ApiError(500, 'INTERNAL_SERVER_ERROR', reason);
