import wrapAnsi from 'wrap-ansi';

/**
 * A sentence as it is written to a stream: on a terminal broken between words, elsewhere as it is.
 * @param output what it is written to; `columns` is there of a terminal alone
 */
export const fitted = (sentence: string, { columns }: { readonly columns?: number }): string =>
  columns === undefined || columns === 0 ? sentence : wrapAnsi(sentence, columns);
