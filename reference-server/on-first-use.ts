/**
 * Loads a module when it is first used, and once: most who start a server never use it.
 * @param load imports it
 * @returns what gives it
 */
export function onFirstUse<Module>(load: () => Promise<Module>): () => Promise<Module> {
  let loaded: Promise<Module> | undefined;
  return () => (loaded ??= load());
}
