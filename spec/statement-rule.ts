/** The longest statement, in characters. */
const LONGEST = 130;

/** The keywords of RFC 2119 that a statement may hold, the longer ones first. */
const keyword =
  /\b(?:MUST NOT|MUST|SHALL NOT|SHALL|SHOULD NOT|SHOULD|NOT RECOMMENDED|RECOMMENDED|REQUIRED|MAY|OPTIONAL)\b/g;

/** The keywords that say a level. */
const keywordsOf: Readonly<Record<string, readonly string[]>> = {
  MUST: ['MUST', 'MUST NOT'],
  SHOULD: ['SHOULD', 'SHOULD NOT'],
  MAY: ['MAY'],
};

/** What the part before the keyword must name: the server, an endpoint, a token, a cookie, a JWT, an exchange with one, or a field of GraphQL. */
const subject =
  /\b(?:server|endpoints?|tokens?|cookies?|JWT|logins?|log in|refresh(?:es)?|logout|responses?)\b|`(?:auth|users)_\w+`/i;

/** Words that are no terms of the field, and references to another statement. */
const unwanted =
  /\b(?:buys?|lets in|takes away|good for nothing|whoever|nobody|anybody|the same (?:when|for|with|must))\b/i;

/**
 * What is wrong with the statement of a requirement by the rule of the catalogue: one sentence, exactly one keyword of RFC 2119, which
 * says the level; the server, an endpoint, a token or a cookie as its subject; 130 characters at most; understandable alone.
 * @param level the level of the requirement: MUST, SHOULD or MAY
 * @returns a sentence for each breach, to follow "requirement <id>: "; empty when there is none
 */
export function breachesOfStatementRule(statement: string, level: string): string[] {
  const found = statement.match(keyword) ?? [];
  const [first = ''] = found;
  const before = statement.slice(0, first === '' ? statement.length : statement.indexOf(first));
  const breaches = {
    'its statement is not one sentence that begins with a capital or code and ends with a full stop':
      !/^[A-Z`]/.test(statement) || !statement.endsWith('.') || /[.!?;]\s/.test(statement) || statement.includes('\n'),
    [`its statement holds ${found.length} keywords of RFC 2119 instead of one`]: found.length !== 1,
    [`its statement says ${first} and its level is ${level}`]:
      found.length === 1 && !(keywordsOf[level] ?? []).includes(first),
    [`its statement has ${statement.length} characters, more than ${LONGEST}`]: statement.length > LONGEST,
    'the subject of its statement is neither the server nor an endpoint, a token or a cookie': !subject.test(before),
    [`its statement says "${unwanted.exec(statement)?.[0] ?? ''}"`]: unwanted.test(statement),
  };
  return Object.keys(breaches).filter((breach) => breaches[breach] === true);
}
