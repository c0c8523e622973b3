import { Kind, type GraphQLResolveInfo, type SelectionSetNode } from 'graphql';

/** The names of the fields that a query selects of one, each with those that it selects beneath; fragments included. */
export function selectedIn(info: GraphQLResolveInfo): Readonly<Record<string, readonly string[]>> {
  const selected: Record<string, string[]> = {};
  for (const node of info.fieldNodes)
    for (const [name, beneath] of fieldsIn(info, node.selectionSet))
      selected[name] = [...(selected[name] ?? []), ...fieldsIn(info, beneath).map(([field]) => field)];
  return selected;
}

function fieldsIn(
  info: GraphQLResolveInfo,
  set: SelectionSetNode | undefined,
): readonly (readonly [string, SelectionSetNode | undefined])[] {
  return (set?.selections ?? []).flatMap((node) => {
    if (node.kind === Kind.FIELD) return [[node.name.value, node.selectionSet] as const];
    const fragment = node.kind === Kind.FRAGMENT_SPREAD ? info.fragments[node.name.value] : node;
    return fieldsIn(info, fragment?.selectionSet);
  });
}
