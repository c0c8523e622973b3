import { howToGive } from '../../spec/capabilities.js';
import { requirements, type CataloguedRequirement } from '../../spec/catalogue.js';
import { doYouMean } from '../../spec/values/suggestion.js';
import { checks } from '../../suites/all-checks.js';
import { jsonText } from '../../report/files/json-text.js';
import { ConfigurationError } from '../../report/errors.js';
import { adviceOf, classificationInWords } from '../../reporters/advice.js';

/**
 * The requirement of an id.
 * @throws ConfigurationError when there is none, with those that may have been meant
 */
function requirementOf(id: string): CataloguedRequirement {
  const found = requirements.find((requirement) => requirement.id === id);
  if (found !== undefined) return found;
  const ids = requirements.map((requirement): string => requirement.id);
  const near = ids.filter((one) => id !== '' && one.includes(id));
  const meant = near.length > 0 ? ` Do you mean ${near.join(', ')}?` : doYouMean(id, ids);
  throw new ConfigurationError(
    `no requirement is called "${id}".${meant === '' ? ' `auth-conformance list` shows them all' : meant}`,
  );
}

/**
 * Everything the catalogue says of one requirement, and the titles of its checks, as JSON.
 * @throws ConfigurationError when there is none of that id
 */
export function explainAsJson(id: string): string {
  const titles = checks.filter(({ requirement }) => requirement === id).map(({ title }) => title);
  return `${jsonText({ ...requirementOf(id), asvs: adviceOf(id)?.asvs ?? [], checks: titles }, 2)}\n`;
}

/**
 * Everything the catalogue says of one requirement, and the titles of the checks that show it.
 * @throws ConfigurationError when there is none of that id
 */
export function explain(id: string): string {
  const found = requirementOf(id);
  const { statement, level, profile, chapter, source, needs, by = [], explanation, since, defects } = found;
  const { tokenType, topic, impact, remediation, directus } = found;
  const advice = adviceOf(id);
  const capability = (name: (typeof needs)[number]): string => `  ${name}: ${howToGive[name]}`;
  const shown = checks.filter(({ requirement }) => requirement === id);
  const lines = [
    `${id}  (${level}, profile ${profile}, since ${since})`,
    '',
    statement,
    ...(explanation === undefined ? [] : [explanation]),
    '',
    `Impact: ${impact}`,
    `Remediation: ${remediation}`,
    ...(advice === undefined ? [] : [`Classification: ${classificationInWords(advice)}`]),
    '',
    `Source: ${source.document === 'seed' ? 'Directus: Access Tokens' : source.document}, ${source.section}`,
    `  "${source.quote}"`,
    ...(source.obliges === undefined ? [] : [`  ${source.obliges}`]),
    ...(source.observation === undefined ? [] : [`Recorded in: spec/observations/${source.observation}.yaml`]),
    ...(directus === undefined ? [] : [`Versions: Directus ${directus}`]),
    `Chapter: ${chapter}; token type ${tokenType}, topic ${topic}`,
    '',
    'How it is checked:',
    ...shown.map(
      ({ title, options: { needs: more } }) =>
        `  ${title}${more === undefined ? '' : ` (needs ${[more].flat().join(' or ')})`}`,
    ),
    '',
    ...(needs.length === 0 ? [] : ['Needs:', ...needs.map(capability)]),
    ...(by.length === 0 ? [] : ['and one of:', ...by.map(capability)]),
    '',
    `Run it alone: auth-conformance --target URL --only ${id}`,
    `See it fail:  auth-conformance self-test --only ${id} --defect ${defects[0]}`,
  ];
  return `${lines.join('\n')}\n`;
}
