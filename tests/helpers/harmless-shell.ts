import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run-cli.js';

/**
 * Replaces the programs that a block may call, so that hundreds of blocks run in seconds. They look at their arguments as the real
 * ones do, and answer with payloads of their own. Whatever else is called is an alarm.
 */
const programs = String.raw`
alarm() { printf '%s\n' "$1" >>"$CANARY"; }
command_not_found_handle() { alarm "called: $1"; }
payload=$'\x27; : >"$CANARY"; \x27$(: >"$CANARY")\n: >"$CANARY"'
curl() {
  local argument url=
  while [ $# -gt 0 ]; do
    argument=$1; shift
    case $argument in
      -sS|-i|-g|--head|--path-as-is|--compressed|-Z|--parallel-immediate|--no-progress-meter) ;;
      --next) url= ;;
      -D) : >"$1"; shift ;;
      -o) case $1 in answer.json|race.[0-9].json|together.[0-9]*.json) ;; *) alarm "curl -o $1" ;; esac; : >"$1"; shift ;;
      -w|-X|--data-raw) shift ;;
      --data-binary) [ "$1" = @- ] || alarm "curl --data-binary $1"; shift ;;
      -K) case $1 in /dev/fd/*) ;; *) alarm "curl -K $1" ;; esac; shift ;;
      -H) case $1 in @/dev/fd/*) ;; @*) alarm "curl -H $1" ;; esac; shift ;;
      "$TARGET"/*) [ -z "$url" ] || alarm "curl with two URLs"; url=$argument ;;
      *) alarm "curl $argument" ;;
    esac
  done
}
mktemp() { builtin printf '%s\n' "$SCRATCH"; }
rm() { [ "$*" = "-rf $SCRATCH" ] || alarm "rm $*"; }
jq() { builtin printf %s "$payload"; }
awk() { builtin printf %s "$payload"; }
openssl() { case $1 in rand|base64|dgst) builtin printf %s "$payload" ;; *) alarm "openssl $1" ;; esac; }
mv() { case "$*" in '-f race.'[0-9]'.'*|'-f together.'[0-9]*|'-f answer.'[0-9]*'.json answer.json'|'-f headers.'[0-9]*'.txt headers.txt') ;; *) alarm "mv $*" ;; esac; }
date() { [ "$*" = +%s ] || alarm "date $*"; echo 1700000000; }
cat() { case "$*" in 'headers.txt answer.json'|together.[0-9]*) ;; *) alarm "cat $*" ;; esac; builtin printf %s "$payload"; }
tee() { [ "$*" = messages.txt ] || alarm "tee $*"; }
sed() { [ "$1" = -n ] || alarm "sed $1"; builtin printf %s "$payload"; }
node() { [ "$1 $3" = '-e --' ] || alarm "node $1 $3"; builtin printf %s "$payload"; }
tr() { :; }
cut() { :; }
sleep() { :; }
`;

/** What came of blocks: alarms, and what they left where the reader stood. */
export interface Aftermath {
  readonly alarms: readonly string[];
  readonly left: readonly string[];
}

/** Runs blocks of shell lines, each as it would be pasted into bash, with nothing but the stand-ins to call; payloads write to `$CANARY`. */
export async function aftermathOf(
  blocks: readonly (readonly string[])[],
  env: Readonly<Record<string, string>>,
): Promise<Aftermath> {
  const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-blocks-'));
  const [here, scratch] = [join(folder, 'here'), join(folder, 'scratch')];
  mkdirSync(here);
  mkdirSync(scratch);
  try {
    // One bash runs them all, each in a subshell: a block that breaks ends nothing but itself.
    const runs = blocks.map((lines, i) => {
      writeFileSync(join(folder, `block-${i}`), `${lines.join('\n')}\n`);
      return `( CANARY=$FOLDER/canary-${i}; . ../block-${i} ) </dev/null >/dev/null 2>../errors-${i}`;
    });
    writeFileSync(join(folder, 'all'), [programs, 'PATH=/nowhere', ...runs, ''].join('\n'));
    const { code, stderr } = await run('bash', ['../all'], {
      cwd: here,
      env: { ...env, FOLDER: folder, SCRATCH: scratch },
    });
    const alarms = blocks.flatMap((lines, i) => {
      const canary = join(folder, `canary-${i}`);
      // What bash cannot read it complains of.
      const complaints = /syntax error|unexpected EOF|unbound|not found/.exec(
        readFileSync(join(folder, `errors-${i}`), 'utf8'),
      );
      return [
        ...(existsSync(canary) ? [`${readFileSync(canary, 'utf8')} in ${lines.join('\n').slice(0, 20_000)}`] : []),
        ...(complaints === null ? [] : [`${complaints[0]} in ${lines.join('\n').slice(0, 20_000)}`]),
      ];
    });
    return { alarms: [...alarms, ...(stderr === '' ? [] : [`${code}: ${stderr}`])], left: readdirSync(here) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
