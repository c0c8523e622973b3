/** True on CI: there a test that cannot be run is a failure, and is not skipped. */
export const isRequired = ({ CI }: Readonly<NodeJS.ProcessEnv> = process.env): boolean =>
  CI !== undefined && !['', '0', 'false'].includes(CI.toLowerCase());
