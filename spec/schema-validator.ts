import { Ajv, type AnySchemaObject, type ErrorObject } from 'ajv';
import formats from 'ajv-formats';

/** Holds data against a schema; answers with one sentence for each violation, none when the data is valid. */
export type Validator = (data: unknown) => string[];

/** One violation as a sentence: where, and what is wrong. */
function describe(error: ErrorObject): string {
  const where = error.instancePath.slice(1).replaceAll('/', '.');
  const extra =
    (error.params as { additionalProperty?: string; allowedValues?: unknown[]; allowedValue?: unknown }) ?? {};
  const detail =
    extra.additionalProperty !== undefined
      ? `: ${extra.additionalProperty}`
      : extra.allowedValues !== undefined
        ? `: ${extra.allowedValues.join(', ')}`
        : '';
  return `${where === '' ? '' : `"${where}" `}${error.message ?? 'is not valid'}${detail}`;
}

/**
 * Compiles one schema out of a set whose members refer to each other by `$id`.
 * @param schemas all schemas of the set
 * @param id the `$id` (file name) of the schema to validate with
 * @throws when the set has no such schema
 */
export function compileValidator(schemas: readonly object[], id: string): Validator {
  const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false, allowUnionTypes: true });
  formats.default(ajv);
  ajv.addFormat('http-url', (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol));
  ajv.addSchema(schemas as AnySchemaObject[]);
  const validate = ajv.getSchema(id);
  if (validate === undefined) throw new Error(`no schema ${id}`);
  return (data) => {
    void validate(data);
    return (validate.errors ?? []).map(describe);
  };
}
