import { repository } from '../report/build.js';
import { anchorOf } from '../spec/document/traceability.js';
import { adviceOf } from './advice.js';

/**
 * The clause of a requirement in spec/SPECIFICATION.md, in the repository that package.json names: a report is read far from the package.
 * The newest text is linked, whose anchors are as permanent as the ids.
 * @returns undefined where the catalogue of this version has no requirement of that id
 */
export const clauseUrlOf = (id: string): string | undefined =>
  adviceOf(id) === undefined ? undefined : `${repository}/blob/HEAD/spec/SPECIFICATION.md#${anchorOf(id)}`;
