import type { Chapter, Requirement } from '../generated/chapter.js';

/** How a source may cite each kind of document: what the document is called, and the form of its sections. */
const forms: readonly { document: RegExp; section: RegExp; like: string }[] = [
  { document: /^RFC \d+$/, section: /^\d+(?:\.\d+)*$/, like: 'RFC 6750, 5.3' },
  {
    document: /^OWASP ASVS 5\.0$/,
    section: /^\d+\.\d+\.\d+ \((?:4\.0\.3: \d+\.\d+\.\d+|not in 4\.0\.3)\)$/,
    like: 'OWASP ASVS 5.0, 7.4.1 (4.0.3: 3.3.1), or (not in 4.0.3)',
  },
  { document: /^seed$/, section: /./, like: 'seed, Storing Tokens › Cookies' },
  { document: /^observed: ./, section: /./, like: 'observed: Directus 12.4.1, the names of the exchanges' },
];

/** Whether a document is an RFC or OWASP ASVS: what a server can be obliged by. */
const isStandard = (document: string): boolean => /^(?:RFC|OWASP ASVS) /.test(document);

/** What is wrong with the source of a requirement; empty when nothing is. */
function breachesOf({ profile, source }: Requirement, headings: ReadonlySet<string>): string[] {
  const { document, section, obliges } = source;
  const form = forms.find((one) => one.document.test(document));
  if (form === undefined)
    return [`its source is "${document}"; a source is cited like: ${forms.map(({ like }) => like).join('; ')}`];
  const strange = document === 'seed' ? section.split(' › ').filter((heading) => !headings.has(heading)) : [];
  const found = {
    [`its source is ${document}, section "${section}"; it is cited like: ${form.like}`]: !form.section.test(section),
    [`the seed has no heading "${strange.join('", "')}"`]: strange.length > 0,
    [`a requirement of the profile security needs an RFC or an ASVS number as its source, not "${document}"; a recording may stand beside it as \`observation\``]:
      profile === 'security' && !isStandard(document),
    'its source says in `obliges`, in words of our own, what the RFC or ASVS obliges a server to; that is missing':
      isStandard(document) && obliges === undefined,
  };
  return Object.keys(found).filter((breach) => found[breach] === true);
}

/**
 * Holds the sources of requirements against the rules of citing: an RFC with its section, ASVS 5.0 with its number and that of 4.0.3, the
 * seed with its headings, or a recording; and a requirement of the profile security rests on an RFC or on ASVS.
 * @param seed the text of the specification
 * @throws an Error with a line for each breach, by the id of the requirement
 */
export function holdCitations(chapters: readonly Pick<Chapter, 'requirements'>[], seed: string): void {
  const headings = new Set(seed.split('\n').map((line) => line.trim()));
  const wrong = chapters
    .flatMap(({ requirements }) => requirements)
    .flatMap((requirement) =>
      breachesOf(requirement, headings).map((breach) => `requirement ${requirement.id}: ${breach}`),
    );
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
}
