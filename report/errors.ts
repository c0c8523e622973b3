/*
 * Errors that end the command, each with its exit code: 0 conformant, 1 not conformant, 2 usage or configuration, 3 target not
 * judgeable, 130 interrupted.
 */

/** Something the tester gave is wrong: exit code 2. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly exitCode = 2;
}

/** The target cannot be reached or is not the kind of server that can be judged: exit code 3. */
export class NotJudgeable extends Error {
  override readonly name = 'NotJudgeable';
  readonly exitCode = 3;
}

/** The run was ended early (Ctrl-C): exit code 130. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitCode = 130;
}
