/** What differs each time, by the sign that stands for it in an observed answer. */
const signs: Readonly<Record<string, string>> = {
  '<uuid>': '[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}',
  '<64>': '[\\w-]{64}',
  '<32>': '[\\w-]{32}',
  '<jwt>': 'eyJ[\\w-]+\\.[\\w-]+\\.[\\w-]+',
  '<base32>': '[A-Z2-7]{16}',
  '<time>': '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d',
  '<date>': '\\w{3}, \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT',
};

/**
 * A pattern for a text in which signs stand for what differs each time; everything else has to be there letter by letter.
 * @throws Error for a sign that is none
 */
export function patternOf(text: string): RegExp {
  const source = text.split(/(<\w+>)/).map((part, index) => {
    if (index % 2 === 0) return part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    const sign = signs[part];
    if (sign === undefined) throw new Error(`there is no sign ${part}`);
    return sign;
  });
  return new RegExp(`^${source.join('')}$`);
}

/** The JWTs in a text. */
export const jwtsIn = (text: string): readonly string[] =>
  [...text.matchAll(new RegExp(signs['<jwt>'] ?? '', 'g'))].map(([token]) => token);
