import { BREAK, GraphQLError, Kind, type ASTVisitor, type SelectionSetNode, type ValidationContext } from 'graphql';

/** How many tokens a query may have. */
export const MAX_TOKENS = 5_000;
/** How many fields a query may rename: each alias of a field is one more time that it is looked up. */
const MAX_ALIASES = 50;
/** How many fields, fragments and all, may stand side by side: the largest type has some dozen. */
const MAX_SELECTIONS = 100;
/** How deep selections may be nested: as deep as the usual introspection query, and a little more. */
const MAX_DEPTH = 20;

/** Rejects a query that costs more than any use of this API needs. A rule for graphql's `validate`, independent of the schema. */
export function costIsBounded(context: ValidationContext): ASTVisitor {
  let aliases = 0;
  let depth = 0;
  const reject = (what: string, node: SelectionSetNode): void =>
    context.reportError(new GraphQLError(`The query has ${what}`, { nodes: node }));
  return {
    SelectionSet: {
      enter: (node) => {
        depth += 1;
        for (const one of node.selections) if (one.kind === Kind.FIELD && one.alias !== undefined) aliases += 1;
        const problem =
          aliases > MAX_ALIASES
            ? `more than ${MAX_ALIASES} aliases`
            : node.selections.length > MAX_SELECTIONS
              ? `more than ${MAX_SELECTIONS} fields side by side`
              : depth > MAX_DEPTH
                ? `more than ${MAX_DEPTH} levels`
                : undefined;
        if (problem === undefined) return undefined;
        reject(problem, node);
        return BREAK;
      },
      leave: () => {
        depth -= 1;
      },
    },
  };
}
