/** Initial data that cannot be used, for a reason that no schema knows. */
export class InitialDataError extends Error {
  override readonly name = 'InitialDataError';
}
