import { requirements } from '../../spec/catalogue.js';
import { defects } from '../../reference-server/index.js';

/** The defects that the reference server can have, each with the requirements that it breaks. */
export function defectList(): string {
  const width = Math.max(...defects.map(({ name }) => name.length));
  return defects
    .map(({ name, title }) => {
      const broken = requirements.filter((requirement) => requirement.defects.includes(name)).map(({ id }) => id);
      return `${name.padEnd(width)}  ${title}\n${' '.repeat(width)}  breaks ${broken.join(', ')}\n`;
    })
    .join('');
}
