const checked = new WeakMap<TemplateStringsArray, string | undefined>();

/**
 * What is wrong with a template of shell, in words: a line end, a here-document, something put in between quotes, or a quote that stays
 * open; undefined when nothing is. The templates are the authors': this keeps them honest.
 */
export function templateFaults(template: TemplateStringsArray): string | undefined {
  if (!checked.has(template)) checked.set(template, faultIn(template));
  return checked.get(template);
}

function faultIn(template: readonly string[]): string | undefined {
  // What is open, the innermost last: ' or " or, of a command substitution or a subshell, (.
  const open: string[] = [];
  for (const [i, text] of template.entries()) {
    if (/[\n\r\0]/.test(text)) return 'a line end';
    if (text.includes('<<')) return 'a here-document';
    for (let at = 0; at < text.length; at += 1) {
      const one = text.charAt(at);
      const innermost = open.at(-1);
      if (innermost === "'") {
        if (one === "'") open.pop();
      } else if (one === '\\') {
        at += 1;
        // It would quote the first character of what is put in.
        if (at === text.length) return 'a backslash at an end';
      } else if (one === '"') {
        if (innermost === '"') open.pop();
        else open.push('"');
      } else if (one === "'" && innermost !== '"') {
        open.push("'");
      } else if (one === '(' && (innermost !== '"' || text.charAt(at - 1) === '$')) {
        open.push('(');
      } else if (one === ')' && innermost === '(') {
        open.pop();
      }
    }
    const last = i === template.length - 1;
    if (!last && /\$\{?$/.test(text)) return 'a dollar before what is put in';
    if (!last && /["']/.test(open.at(-1) ?? '')) return 'something put in between quotes';
  }
  return open.length === 0 ? undefined : `an open ${open.join('')}`;
}
