import type { NormalAnswer } from './normal-form.js';
import type { Step } from './step.js';

/** A difference between the reference server and a real Directus that is meant to be, or not worth its removal. */
export interface ListedDifference {
  readonly reason: string;
  readonly covers: (step: Step, real: NormalAnswer, ours: NormalAnswer) => boolean;
}

/** Every difference that is known. One that is not here fails the differential test. */
export const listedDifferences: readonly ListedDifference[] = [];
