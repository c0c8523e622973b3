import type { JSX } from 'preact';

/** A sentence of the catalogue, in which what stands between backticks is code. Of a report it would be the text of others, which makes no elements. */
export function Prose({ text }: { text: string }): JSX.Element {
  const pieces = text.split(/`([^`]+)`/);
  return <>{pieces.map((piece, i) => (i % 2 === 0 ? piece : <code key={i}>{piece}</code>))}</>;
}
