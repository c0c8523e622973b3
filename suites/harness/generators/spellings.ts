/** A value as it is stored, and others that a server takes for it which decodes, folds, trims or cuts what it is sent. */
export interface Spelling {
  /** What is particular about the value, in words that follow "with". */
  readonly name: string;
  readonly stored: string;
  /** Values that are not the stored one, each with what was done to it. */
  readonly others: readonly (readonly [what: string, value: string])[];
  /** True where a server may refuse to store such a value. */
  readonly mayBeRejected?: true;
}

/** The text with each letter of ASCII in its other case, as caps lock types it. */
export const inOtherCase = (text: string): string =>
  text.replace(/[a-z]/gi, (one) => (one === one.toUpperCase() ? one.toLowerCase() : one.toUpperCase()));

/** A password in each case that a keyboard, a form or a column of a database makes of it, each with what was done to it. */
export function passwordCases(password: string): [what: string, password: string][] {
  const cases: [string, string][] = [
    ['the password in lower case', password.toLowerCase()],
    ['the password in upper case', password.toUpperCase()],
    ['the password with the case of each letter swapped', inOtherCase(password)],
    ['the password with the case of its first letter swapped', password.replace(/\p{L}/u, inOtherCase)],
  ];
  return cases.filter(([, other]) => other !== password);
}

/** The longest password that is tried, in characters. */
const LONG = 1000;
const long = 'Correct-Horse/'.repeat(LONG).slice(0, LONG - 4);

/** What stands before the 21 digits of a static token of 100 characters. */
const longToken = 'Static-Token-'.repeat(7).slice(0, 79);

const mixedCase = 'pw-MixedCase-Letters';

/** Passwords by class: what is in them is decoded, escaped, folded, trimmed or cut somewhere on the way of some servers. */
export const passwordSpellings: readonly Spelling[] = [
  { name: 'letters of both cases', stored: mixedCase, others: passwordCases(mixedCase) },
  {
    name: 'percent codes',
    stored: 'Pw-a%41%20b%2525c%zz',
    others: [
      ['the codes decoded', 'Pw-aA b%25c%zz'],
      ['the percent signs encoded', 'Pw-a%2541%2520b%252525c%25zz'],
    ],
  },
  {
    name: 'valid percent codes alone',
    stored: 'Pw-1%41bc%3D',
    others: [['the codes decoded', 'Pw-1Abc=']],
  },
  {
    name: 'entities of HTML',
    stored: 'Pw-&amp;&lt;b&gt;&#65;"x"',
    others: [
      ['the entities decoded', 'Pw-&<b>A"x"'],
      ['the entities encoded', 'Pw-&amp;amp;&amp;lt;b&amp;gt;&amp;#65;&quot;x&quot;'],
    ],
  },
  {
    name: 'markup',
    stored: 'Pw-<b>bold</b><script>x</script>&',
    others: [
      ['the markup removed', 'Pw-boldx&'],
      ['the markup encoded', 'Pw-&lt;b&gt;bold&lt;/b&gt;&lt;script&gt;x&lt;/script&gt;&amp;'],
    ],
  },
  {
    name: 'a NUL',
    stored: 'Pw-before\0behind',
    others: [
      ['what stands before the NUL', 'Pw-before'],
      ['something else behind the NUL', 'Pw-before\0something'],
      ['no NUL', 'Pw-beforebehind'],
    ],
    mayBeRejected: true,
  },
  {
    name: 'composed letters, ligatures and wide letters',
    stored: 'Pw-Crème-Ångström-ﬁle-Ａ①',
    others: [
      ['its letters decomposed', 'Pw-Crème-Ångström-ﬁle-Ａ①'.normalize('NFD')],
      ['its letters compatible', 'Pw-Crème-Ångström-ﬁle-Ａ①'.normalize('NFKC')],
      ['no accents', 'Pw-Creme-Angstrom-ﬁle-Ａ①'],
    ],
  },
  {
    name: 'decomposed letters',
    stored: 'Pw-Crème-Ångström'.normalize('NFD'),
    others: [['its letters composed', 'Pw-Crème-Ångström'.normalize('NFC')]],
  },
  {
    name: 'letters that fold',
    stored: 'Pw-Straße-\u212Aelvin-\u0131-\u017F',
    others: [
      ['sharp s as ss', 'Pw-Strasse-\u212Aelvin-\u0131-\u017F'],
      ['the letters of ASCII', 'Pw-Straße-Kelvin-i-s'],
      ['lower case', 'Pw-Straße-\u212Aelvin-\u0131-\u017F'.toLowerCase()],
      ['upper case', 'Pw-Straße-\u212Aelvin-\u0131-\u017F'.toUpperCase()],
    ],
  },
  {
    name: 'spaces round and within it',
    stored: '  Pw  two  spaces  ',
    others: [
      ['no spaces round it', 'Pw  two  spaces'],
      ['no spaces before it', 'Pw  two  spaces  '],
      ['no spaces behind it', '  Pw  two  spaces'],
      ['single spaces', ' Pw two spaces '],
      ['no-break spaces', '\u00A0\u00A0Pw\u00A0\u00A0two\u00A0\u00A0spaces\u00A0\u00A0'],
    ],
  },
  {
    name: 'tabs and line breaks',
    stored: '\tPw\tline\nnext\r\n',
    others: [
      ['no white space round it', 'Pw\tline\nnext'],
      ['spaces for tabs and line breaks', ' Pw line next  '],
      ['its first line', '\tPw\tline'],
    ],
    mayBeRejected: true,
  },
  {
    name: 'plus signs',
    stored: 'Pw+a+b c+',
    others: [
      ['spaces for plus signs', 'Pw a b c '],
      ['a plus sign for the space', 'Pw+a+b+c+'],
      ['no plus signs', 'Pwab c'],
    ],
  },
  {
    name: 'quotes, backslashes and dollars',
    stored: `Pw-'"\`\\n\\u0041$1{{7*7}}' OR '1'='1`,
    others: [
      ['the backslashes gone', `Pw-'"\`nu0041$1{{7*7}}' OR '1'='1`],
      ['the escapes read', `Pw-'"\`\nA$1{{7*7}}' OR '1'='1`],
      ['the quotes gone', 'Pw-\\n\\u0041$1{{7*7}} OR 1=1'],
      ['the quotes escaped', `Pw-\\'\\"\`\\\\n\\\\u0041$1{{7*7}}\\' OR \\'1\\'=\\'1`],
    ],
  },
  {
    name: 'emoji',
    stored: 'Pw-\u{1F511}\u{1F9D1}\u200D\u{1F4BB}-\u{1F1E8}\u{1F1ED}\uFE0F',
    others: [
      ['no joiners', 'Pw-\u{1F511}\u{1F9D1}\u{1F4BB}-\u{1F1E8}\u{1F1ED}'],
      ['question marks for emoji', 'Pw-???-??'],
      ['other emoji', 'Pw-\u{1F512}\u{1F9D1}\u200D\u{1F4BB}-\u{1F1E8}\u{1F1ED}\uFE0F'],
      ['no emoji', 'Pw--'],
    ],
  },
  {
    name: '1,000 characters',
    stored: `${long} End`,
    others: [
      ['its last character changed', `${long} EnD`],
      ['its last character gone', `${long} En`],
      ['its first 72 characters', long.slice(0, 72)],
      ['its first 128 characters', long.slice(0, 128)],
      ['its first 256 characters and others', `${long.slice(0, 256)}${'x'.repeat(LONG - 256)}`],
    ],
    mayBeRejected: true,
  },
  {
    name: 'digits alone',
    stored: '0012345678901234567890',
    others: [
      ['no zeros before it', '12345678901234567890'],
      ['its value as a number', '12345678901234567000'],
      ['a point behind it', '0012345678901234567890.0'],
    ],
  },
];

const everyClass = `  P\u00E4ssw\u00F6rd \uFB01 a%41b &amp; +c ${'Correct-Horse '.repeat(5)}The End `;

/** A password with everything in it that is trimmed, cut, folded or decoded somewhere: its end is beyond 72 bytes. */
export const passwordOfEveryClass: Spelling = {
  name: 'everything in it that is trimmed, cut, folded or decoded somewhere',
  stored: everyClass,
  others: [
    ['no spaces round the password', everyClass.trim()],
    ...passwordCases(everyClass),
    ['the first 72 characters of the password', everyClass.slice(0, 72)],
    ['something behind the password', `${everyClass}x`],
    ['the percent code of the password decoded', everyClass.replace('%41', 'A')],
    ['the entity of the password decoded', everyClass.replace('&amp;', '&')],
    ['a space for the plus sign of the password', everyClass.replace('+', ' ')],
    ['the password without its accents', everyClass.normalize('NFD').replace(/\p{M}/gu, '')],
    ['the password with its ligature taken apart', everyClass.replace('\uFB01', 'fi')],
  ],
};

/** Email addresses by class, each made to stand before another address, which stays as it is. */
export const emailSpellings: readonly Spelling[] = [
  {
    name: 'a plus sign',
    stored: 'plus+tag.',
    others: [
      ['what stands behind the plus sign gone', 'plus'],
      ['the plus sign gone', 'plustag.'],
      ['the plus sign encoded', 'plus%2Btag.'],
    ],
  },
  { name: 'one dot', stored: 'one.', others: [['the dot gone', 'one']] },
  {
    name: 'four dots',
    stored: 'a.b.c.d.',
    others: [
      ['a dot gone', 'ab.c.d.'],
      ['all dots gone', 'abcd'],
    ],
  },
  {
    name: 'percent codes',
    stored: 'pct%41b.',
    others: [
      ['the codes decoded', 'pctAb.'],
      ['the percent sign encoded', 'pct%2541b.'],
    ],
  },
  { name: 'an underscore', stored: 'under_score.', others: [['another character for it', 'underxscore.']] },
  { name: 'an apostrophe', stored: "o'neil.", others: [['the apostrophe gone', 'oneil.']] },
  { name: 'a slash', stored: 'a/b.', others: [['the slash encoded', 'a%2Fb.']] },
  { name: 'capitals', stored: 'MiXeD.Case.', others: [['a letter gone', 'MiXeD.Cas.']] },
  {
    name: 'composed letters',
    stored: 'm\u00FCller.',
    others: [
      ['its letters decomposed', 'mu\u0308ller.'],
      ['no accents', 'muller.'],
    ],
    mayBeRejected: true,
  },
  {
    name: 'letters of ASCII',
    stored: 'sosi.',
    others: [
      ['long s for s', '\u017Fo\u017Fi.'],
      ['a dotless i', 'sos\u0131.'],
      ['a dotted capital I', 'sos\u0130.'],
      ['wide letters', '\uFF53\uFF4F\uFF53\uFF49.'],
    ],
  },
];

/** Email addresses that hold another one, which a server takes for it that trims, cuts or reads them as a mail program does. */
export function lengthenedEmails(email: string): readonly (readonly [what: string, email: string])[] {
  const at = email.lastIndexOf('@');
  const [local, domain] = [email.slice(0, at), email.slice(at + 1)];
  return [
    ['a space before the email address', ` ${email}`],
    ['a space behind the email address', `${email} `],
    ['a line break behind the email address', `${email}\n`],
    ['a NUL behind the email address', `${email}\0`],
    ['a tag in the email address', `${local}+tag@${domain}`],
    ['a dot behind the email address', `${email}.`],
    ['a domain below that of the email address', `${local}@mail.${domain}`],
    ['the local part in quotes', `"${local}"@${domain}`],
    ['a comment in the email address', `${local}(comment)@${domain}`],
    ['the email address in angle brackets', `<${email}>`],
    ['a name before the email address', `Name <${email}>`],
    ['another address behind the email address', `${email},other@${domain}`],
    ['mailto before the email address', `mailto:${email}`],
  ];
}

/** Values of static tokens that go through a header unharmed (b64token of RFC 6750 section 2.1), each to stand before others. */
export const plainTokenSpellings: readonly Spelling[] = [
  { name: 'no dot', stored: 'NoDot-', others: [['lower case', 'nodot-']] },
  { name: 'one dot', stored: 'one.dot-', others: [['the dot gone', 'onedot-']] },
  { name: 'two dots', stored: 'a.b.', others: [['a dot gone', 'ab.']] },
  { name: 'three dots', stored: 'a.b.c.', others: [['another character for a dot', 'axb.c.']] },
  { name: 'four dots', stored: 'a.b.c.d.', others: [['a dot gone', 'ab.c.d.']] },
  {
    name: 'the look of a JWT',
    stored: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.',
    others: [['another payload', 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e31.']],
  },
  {
    name: 'plus signs and slashes',
    stored: 'a+b+/c/',
    others: [
      ['spaces for plus signs', 'a b /c/'],
      ['the alphabet of URLs', 'a-b-_c_'],
    ],
  },
  { name: 'capitals', stored: 'ToKeN-', others: [['lower case', 'token-']] },
  { name: 'zeros before it', stored: '000', others: [['the zeros gone', '']] },
  {
    name: '100 characters',
    stored: longToken,
    others: [
      ['something else behind its first 32 characters', longToken.slice(0, 32)],
      ['something else behind its first 64 characters', longToken.slice(0, 64)],
      ['something else behind its first 72 characters', longToken.slice(0, 72)],
    ],
  },
  { name: 'tildes and hyphens', stored: '~-_~', others: [['the tildes gone', '-_']] },
];

/** Values of static tokens that nothing but a query or a percent-encoded cookie carries everywhere. */
export const otherTokenSpellings: readonly Spelling[] = [
  {
    name: 'percent codes',
    stored: 'tok%41-',
    others: [
      ['the codes decoded', 'tokA-'],
      ['the percent signs encoded', 'tok%2541-'],
    ],
  },
  { name: 'entities of HTML', stored: '&amp;&lt;', others: [['the entities decoded', '&<']] },
  { name: 'quotes and backslashes', stored: `q"'\`\\`, others: [['the backslash gone', `q"'\``]] },
  {
    name: 'a vertical bar',
    stored: '12|',
    others: [
      ['what stands behind the bar', ''],
      ['another number before the bar', '13|'],
    ],
  },
  { name: 'a colon and an at sign', stored: 'user:pass@', others: [['what stands before the colon', 'user']] },
  { name: 'signs of URLs', stored: 'a#b?c=d&e;', others: [['what stands before the number sign', 'a']] },
  {
    name: 'letters of Latin-1',
    stored: '\u00E9\u00FC',
    others: [
      ['its letters decomposed', 'e\u0301u\u0308'],
      ['no accents', 'eu'],
    ],
  },
  { name: 'emoji', stored: '\u{1F511}', others: [['question marks for emoji', '??']] },
];
