/** The target's clock cannot be advanced as the tester said: why, a sentence with what to do. */
export class ClockProblem extends Error {
  override readonly name = 'ClockProblem';
}
