/** What a template is filled in with. */
export interface InitValues {
  /** Base URL of the target, fit to be in double quotes in YAML. */
  readonly target: string;
  /** What npx is told to run: words for a shell. */
  readonly command: string;
}

/** The first line of what `init` writes, by which it knows its own files again. */
export const mark = '# Written by `auth-conformance init`: yours to change.';

/** Waits up to a minute for the target to answer anything at all. */
const wait = `for _ in $(seq 60); do
  if curl --silent --output /dev/null --max-time 5 "$AUTH_CONFORMANCE_TARGET"; then exit 0; fi
  sleep 1
done
echo "Nothing answers at $AUTH_CONFORMANCE_TARGET" >&2
exit 1`;

const certify = (command: string, formats: Readonly<Record<string, string>>): string =>
  [
    `npx --yes ${command}`,
    ...Object.entries(formats).map(([format, file]) => `  --report ${format}=auth-conformance-reports/${file}`),
  ].join(' \\\n');

const indented = (text: string, spaces: number): string => text.replaceAll('\n', `\n${' '.repeat(spaces)}`);

/** A workflow for GitHub: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax */
export const gitHubWorkflow = ({ target, command }: InitValues): string => `${mark}
name: auth-conformance

on:
  push:
  pull_request:

permissions:
  contents: read

jobs:
  auth-conformance:
    runs-on: ubuntu-latest
    timeout-minutes: 20
    env:
      AUTH_CONFORMANCE_TARGET: "${target}"
      # Set both in the repository's settings, under Secrets and variables, Actions. Pull requests of forks do not get them.
      AUTH_CONFORMANCE_ADMIN_EMAIL: \${{ secrets.AUTH_CONFORMANCE_ADMIN_EMAIL }}
      AUTH_CONFORMANCE_ADMIN_PASSWORD: \${{ secrets.AUTH_CONFORMANCE_ADMIN_PASSWORD }}
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-node@v6
        with:
          node-version: 22

      # CHANGE THIS: start your server, in the background. Leave the step out when the target runs elsewhere.
      - name: Start the server
        run: |
          npm ci
          npm start > server.log 2>&1 &

      - name: Wait for the server
        run: |
          ${indented(wait, 10)}

      # Failures are shown as annotations, the report as the summary of the run.
      - name: Certify
        run: |
          ${indented(certify(command, { html: 'report.html', json: 'report.json', junit: 'junit.xml', sarif: 'report.sarif' }), 10)}

      - name: Keep the reports
        if: always()
        uses: actions/upload-artifact@v5
        with:
          name: auth-conformance-reports
          path: auth-conformance-reports/
          if-no-files-found: ignore

      # Failures as code scanning alerts, where the repository has code scanning. It needs "security-events: write" under
      # permissions above, too.
      # - name: Upload to code scanning
      #   if: always()
      #   uses: github/codeql-action/upload-sarif@v4
      #   with:
      #     sarif_file: auth-conformance-reports/report.sarif
`;

/** A job for GitLab: https://docs.gitlab.com/ci/yaml/ */
export const gitLabJob = ({ target, command }: InitValues): string => `${mark}
auth-conformance:
  image: node:22
  timeout: 20 minutes
  variables:
    # Set AUTH_CONFORMANCE_ADMIN_EMAIL and AUTH_CONFORMANCE_ADMIN_PASSWORD in the project's settings, under CI/CD, Variables:
    # the password masked.
    AUTH_CONFORMANCE_TARGET: "${target}"
  before_script:
    # CHANGE THIS: start your server, in the background. Leave it out when the target runs elsewhere.
    - npm ci
    - npm start > server.log 2>&1 &
  script:
    - |
      (
      ${indented(wait, 6)}
      )
    - |
      ${indented(certify(command, { html: 'report.html', json: 'report.json', junit: 'junit.xml' }), 6)}
  artifacts:
    when: always
    expose_as: auth-conformance
    paths:
      - auth-conformance-reports/
    reports:
      junit: auth-conformance-reports/junit.xml
`;
