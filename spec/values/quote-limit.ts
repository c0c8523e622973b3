/** The longest quotation of a text of others (a target's, or of a report) in a sentence, in characters. */
export const QUOTE_LIMIT = 200;
