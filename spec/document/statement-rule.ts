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

/** Words that are no terms of the field: of a token one says that it is valid, expired or revoked, of a request that it is rejected. */
const unwanted =
  /\b(?:buys?|lets? in|takes? away|hands? out|good for nothing|whoever|nobody|anybody|somebody|alive|dead|living|for ever|refus(?:e|es|ed|ing))\b/i;

/** References to another statement. */
const reference = /\bthe same (?:when|for|with|must)\b/i;

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
    [`its statement says "${(unwanted.exec(statement) ?? reference.exec(statement))?.[0] ?? ''}"`]:
      unwanted.test(statement) || reference.test(statement),
  };
  return Object.keys(breaches).filter((breach) => breaches[breach] === true);
}

/**
 * What is wrong with another text of a requirement: its impact, remediation or explanation.
 * @param member the member that holds it; an impact is one sentence, the others are one or more
 * @returns a sentence for each breach, to follow "requirement <id>: "; empty when there is none
 */
export function breachesOfText(member: 'impact' | 'remediation' | 'explanation', text: string): string[] {
  const isOne = member === 'impact';
  const breaches = {
    [`its ${member} does not begin with a capital or code, end with a full stop${isOne ? ', and consist of one sentence' : ''}`]:
      !/^[A-Z`]/.test(text) || !text.endsWith('.') || (isOne && /[.!?]\s/.test(text)),
    [`its ${member} says "${unwanted.exec(text)?.[0] ?? ''}"`]: unwanted.test(text),
  };
  return Object.keys(breaches).filter((breach) => breaches[breach] === true);
}
