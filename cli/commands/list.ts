import { howToGive } from '../../spec/capabilities.js';
import { requirements, type CataloguedRequirement } from '../../spec/catalogue.js';
import { jsonText } from '../../report/files/json-text.js';
import { ConfigurationError } from '../../report/errors.js';

/** Requirements as a table to read, or as JSON. */
export function listRequirements(listed: readonly CataloguedRequirement[], json: boolean): string {
  if (json) return `${jsonText(listed, 2)}\n`;
  const width = Math.max(...listed.map(({ id }) => id.length));
  const chapters = [...new Set(listed.map(({ chapter }) => chapter))];
  const lines = chapters.flatMap((chapter) => [
    '',
    chapter,
    ...listed
      .filter((requirement) => requirement.chapter === chapter)
      .map(
        ({ id, level, profile, title }) => `  ${id.padEnd(width)}  ${level.padEnd(6)}  ${profile.padEnd(8)}  ${title}`,
      ),
  ]);
  return `${lines.slice(1).join('\n')}\n`;
}

/**
 * Everything the catalogue says of one requirement.
 * @throws ConfigurationError when there is none of that id
 */
export function explain(id: string): string {
  const found = requirements.find((requirement) => requirement.id === id);
  if (found === undefined) {
    const near = requirements
      .filter((requirement) => id !== '' && requirement.id.includes(id))
      .map((requirement) => requirement.id);
    throw new ConfigurationError(
      `no requirement is called "${id}". ${near.length > 0 ? `Do you mean ${near.join(', ')}?` : '`auth-conformance list` shows them all'}`,
    );
  }
  const { title, level, profile, chapter, source, needs, by = [], explanation, since, defects } = found;
  const capability = (name: (typeof needs)[number]): string => `  ${name}: ${howToGive[name]}`;
  const lines = [
    `${id}  (${level}, profile ${profile}, since ${since})`,
    '',
    title,
    ...(explanation === undefined ? [] : ['', explanation]),
    '',
    `Source: ${source.document === 'seed' ? 'Directus: Access Tokens' : source.document}, ${source.section}`,
    `  "${source.quote}"`,
    `Chapter: ${chapter}`,
    '',
    ...(needs.length === 0 ? [] : ['Needs:', ...needs.map(capability)]),
    ...(by.length === 0 ? [] : ['and one of:', ...by.map(capability)]),
    '',
    `Run it alone: auth-conformance --target URL --only ${id}`,
    `See it fail:  auth-conformance self-test --only ${id} --defect ${defects[0]}`,
  ];
  return `${lines.join('\n')}\n`;
}
