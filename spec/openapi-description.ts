import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** A description of an API by OpenAPI 3.1, as far as it is changed where it is served. */
export interface OpenApiDescription {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string; readonly description?: string }[];
  readonly components: {
    readonly securitySchemes: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly [kind: string]: object;
  };
  readonly [member: string]: unknown;
}

/**
 * spec/openapi.yaml. Sources read the file; the build puts what it says in the place of this module (esbuild.config.ts).
 */
export const openApiDescription: OpenApiDescription = parse(
  readFileSync(new URL('openapi.yaml', import.meta.url), 'utf8'),
) as OpenApiDescription;
