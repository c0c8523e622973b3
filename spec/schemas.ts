import accessTokenClaims from './schemas/access-token-claims.schema.json' with { type: 'json' };
import baseline from './schemas/baseline.schema.json' with { type: 'json' };
import catalogue from './schemas/catalogue.schema.json' with { type: 'json' };
import configuration from './schemas/configuration.schema.json' with { type: 'json' };
import errorEnvelope from './schemas/error-envelope.schema.json' with { type: 'json' };
import initialData from './schemas/initial-data.schema.json' with { type: 'json' };
import jwtHeader from './schemas/jwt-header.schema.json' with { type: 'json' };
import observation from './schemas/observation.schema.json' with { type: 'json' };
import report from './schemas/report.schema.json' with { type: 'json' };
import seedSentences from './schemas/seed-sentences.schema.json' with { type: 'json' };
import sessionTokenClaims from './schemas/session-token-claims.schema.json' with { type: 'json' };
import standards from './schemas/standards.schema.json' with { type: 'json' };
import tokenResponseCookie from './schemas/token-response-cookie.schema.json' with { type: 'json' };
import tokenResponseJson from './schemas/token-response-json.schema.json' with { type: 'json' };
import tokenResponseSession from './schemas/token-response-session.schema.json' with { type: 'json' };

/** The JSON Schemas in spec/schemas/, by file name, which is their `$id` too. */
export const schemas = {
  'access-token-claims.schema.json': accessTokenClaims,
  'baseline.schema.json': baseline,
  'catalogue.schema.json': catalogue,
  'configuration.schema.json': configuration,
  'error-envelope.schema.json': errorEnvelope,
  'initial-data.schema.json': initialData,
  'jwt-header.schema.json': jwtHeader,
  'observation.schema.json': observation,
  'report.schema.json': report,
  'seed-sentences.schema.json': seedSentences,
  'session-token-claims.schema.json': sessionTokenClaims,
  'standards.schema.json': standards,
  'token-response-cookie.schema.json': tokenResponseCookie,
  'token-response-json.schema.json': tokenResponseJson,
  'token-response-session.schema.json': tokenResponseSession,
};
