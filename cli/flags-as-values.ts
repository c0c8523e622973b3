import { CommanderError, type Command } from 'commander';

/**
 * Makes a command, and those below it, reject a flag in the place of a value: `--wait --only ID` lacks the time, and would otherwise wait
 * for "--only".
 */
export function rejectFlagsAsValues(command: Command, above: readonly string[] = []): void {
  const known = [...above, ...command.options.flatMap(({ long }) => long ?? [])];
  for (const option of command.options.filter(({ required }) => required)) {
    const parse = option.parseArg;
    option.argParser((value: string, previous: unknown) => {
      if (known.includes(value))
        throw new CommanderError(2, 'commander.optionMissingArgument', `option '${option.flags}' argument missing`);
      return parse === undefined ? value : parse(value, previous);
    });
  }
  command.commands.forEach((below) => rejectFlagsAsValues(below, known));
}
