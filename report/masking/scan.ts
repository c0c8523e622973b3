import type { Report } from '../../spec/generated/report.js';
import { kindAt, withoutJwtHeader, withStrings, type KnownSecrets } from './known-secrets.js';
import { vocabulary } from './vocabulary.js';

/** Every part of this length of what the tester gave is looked for, in characters. */
const GIVEN_PART = 6;
/** Of what was issued, each piece of this length is, one beside the other, in characters. */
const ISSUED_PIECE = 12;

/** A report still holds a secret: a defect of this tool, since it masks them. Names the places, never the secret. */
export class SecretInReport extends Error {
  override readonly name = 'SecretInReport';
  constructor(places: readonly string[]) {
    const more = places.length > 5 ? ` and ${places.length - 5} more places` : '';
    super(
      `no report was written, for it would have shown a secret: in ${places.slice(0, 5).join('; in ')}${more}. ` +
        'Leave that requirement out by --skip until this is mended',
    );
  }
}

/**
 * Looks through a report for secrets once more, by other means than those that masked them: by comparing, without reading anything.
 * @throws SecretInReport naming the checks and where in them
 */
export function mustHoldNoSecret(report: Report, secrets: KnownSecrets): void {
  const places = placesOfSecrets(report, secrets);
  if (places.length > 0) throw new SecretInReport(places);
}

/** Where a report still holds a secret, each as `standard.expires › title of the check › exchanges.2.response.body`. */
export function placesOfSecrets(report: Report, secrets: KnownSecrets): string[] {
  const isPublic = publicParts(secrets);
  const given = new Set<string>();
  for (const secret of secrets.given)
    for (const spelling of spellingsOf(secret))
      for (const part of windows(spelling, GIVEN_PART, 1)) if (!isPublic(part)) given.add(part);
  const issued = new Set<string>();
  for (const secret of secrets.issued)
    for (const piece of windows(withoutJwtHeader(secret), ISSUED_PIECE, ISSUED_PIECE))
      if (!isPublic(piece)) issued.add(piece);
  const values = secrets.given.filter((secret) => /[^*]/.test(secret)).flatMap(asValues);
  const verdicts = new Map<string, boolean>();
  const holdsSecret = (text: string): boolean =>
    holdsPart(text, GIVEN_PART, given) ||
    holdsPart(text, ISSUED_PIECE, issued) ||
    values.some((value) => text.includes(value));
  const constants = new Set(secrets.constants);
  const places = new Set<string>();
  withStrings(report, (text, path) => {
    if (kindAt(path) === 'constant' || constants.has(text)) return text;
    let holds = verdicts.get(text);
    if (holds === undefined) verdicts.set(text, (holds = holdsSecret(text)));
    if (holds) places.add(placeIn(report, path));
    return text;
  });
  return [...places];
}

/** Tells of a part of a secret whether it is part of a public text. */
function publicParts({ public: texts }: KnownSecrets): (part: string) => boolean {
  // A space, + and - are one to what masks, / and _ too.
  const alike = (text: string): string => text.toLowerCase().replaceAll(/[ +]/g, '-').replaceAll('/', '_');
  const all = alike([vocabulary, ...texts].join('\n'));
  const parts = new Set([...windows(all, GIVEN_PART, 1), ...windows(all, ISSUED_PIECE, 1)]);
  return (part) => parts.has(alike(part));
}

/** A secret as it is written in the usual ways. */
function spellingsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const percent = percentEncoded(secret);
  const spellings = [secret, secret.toUpperCase(), secret.toLowerCase(), json, JSON.stringify(json).slice(1, -1)];
  const urls = [percent, percent.toLowerCase(), percent.replaceAll('%20', '+')];
  const base64 = ['', ' ', '  '].flatMap((before) => {
    const encoded = Buffer.from(before + secret).toString('base64');
    // The ends hang on what stands before and after.
    const inner = encoded.slice([0, 2, 3][before.length]).replace(/[^=]={1,2}$/, '');
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [...spellings, ...urls, ...base64];
}

/** A secret in places where a short one counts: not in the middle of a word. */
function asValues(secret: string): string[] {
  const json = JSON.stringify(secret);
  const inJson = JSON.stringify(json).slice(1, -1);
  return [
    ...['password', 'token', 'access_token', 'refresh_token', 'secret', 'otp'].flatMap((name) => [
      `"${name}":${json}`,
      `"${name}": ${json}`,
      `\\"${name}\\":${inJson}`,
      `${name}: ${inJson}`,
    ]),
    `access_token=${percentEncoded(secret)}&`,
  ];
}

function* windows(text: string, length: number, step: number): Generator<string> {
  for (let i = 0; i + length <= text.length; i += step) yield text.slice(i, i + length);
}

function holdsPart(text: string, length: number, parts: ReadonlySet<string>): boolean {
  if (parts.size === 0) return false;
  for (let i = 0; i + length <= text.length; i += 1) if (parts.has(text.slice(i, i + length))) return true;
  return false;
}

function placeIn({ requirements }: Report, path: readonly string[]): string {
  const [first, position, member, ofCheck, ...inner] = path;
  const requirement = first === 'requirements' ? requirements[Number(position)] : undefined;
  if (requirement === undefined) return path.join('.');
  if (member !== 'checks') return `${requirement.id} › ${[member, ofCheck, ...inner].join('.')}`;
  return `${requirement.id} › ${requirement.checks[Number(ofCheck)]?.title ?? ''} › ${inner.join('.')}`;
}

const percentEncoded = (text: string): string => encodeURIComponent(Buffer.from(text).toString());
