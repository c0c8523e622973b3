import ms, { type StringValue } from 'ms';

/**
 * Reads a duration as people write it: '500ms', '10s', '2m'; a bare number means seconds.
 * @returns milliseconds; undefined when it is no duration greater than nothing
 */
export function readTimeSpan(value: string | number): number | undefined {
  const number = typeof value === 'number' || /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) * 1000 : undefined;
  const read =
    number ??
    (typeof value === 'string' && value.trim() !== '' && value.length <= 100
      ? ms(value.trim() as StringValue)
      : undefined);
  return read !== undefined && Number.isFinite(read) && read > 0 ? Math.max(1, Math.round(read)) : undefined;
}
