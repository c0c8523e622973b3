import { isMap, isSeq, parseDocument, type Document } from 'yaml';
import type { Recorded } from './expected.js';

/**
 * Puts what a run came to into the text of expected.yaml, and leaves all else as it is, comments and anchors too.
 * @throws where the text has no implementation of that name
 */
export function withRecord(text: string, name: string, recorded: Recorded): string {
  const document: Document = parseDocument(text);
  const entry = isSeq(document.contents)
    ? document.contents.items.find((item) => isMap(item) && item.get('name') === name)
    : undefined;
  if (!isMap(entry)) throw new Error(`expected.yaml has no ${name}`);
  const node = document.createNode(recorded);
  node.flow = true;
  entry.set('recorded', node);
  return document.toString({ lineWidth: 0, singleQuote: true, flowCollectionPadding: true });
}
