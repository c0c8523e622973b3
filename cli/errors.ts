/** Something the tester gave is wrong: exit code 2. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** The target cannot be reached or is not the kind of server that can be judged: exit code 3. */
export class NotJudgeable extends Error {
  override readonly name = 'NotJudgeable';
}

/** The run was ended early (Ctrl-C): exit code 130. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}
