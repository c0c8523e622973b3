import { chapters } from './chapters.js';
import type { Requirement } from './generated/chapter.js';
import type { RequirementId } from './generated/requirement-id.js';

/** A requirement with the chapter it is in. */
export interface CataloguedRequirement extends Requirement {
  readonly id: RequirementId;
  /** The statement, by the name that it has in reports. */
  readonly title: string;
  /** The heading of its chapter in the specification. */
  readonly chapter: string;
}

/** All requirements, in the order of the specification. */
export const requirements: readonly CataloguedRequirement[] = chapters.flatMap(({ chapter, requirements: own }) =>
  own.map((requirement) => ({
    ...requirement,
    id: requirement.id as RequirementId,
    title: requirement.statement,
    chapter,
  })),
);

const byId: ReadonlyMap<string, CataloguedRequirement> = new Map(
  requirements.map((requirement) => [requirement.id, requirement]),
);

/** The requirement of an id. The type leaves no id that is not in the catalogue. */
export function requirementOf(id: RequirementId): CataloguedRequirement {
  const found = byId.get(id);
  if (found === undefined) throw new TypeError(`the catalogue has no requirement ${id as string}`);
  return found;
}

/** Whether a requirement names a defect: it is what the defect breaks. */
export const namesDefect = (id: string, defect: string): boolean =>
  (byId.get(id)?.defects as readonly string[] | undefined)?.includes(defect) === true;
