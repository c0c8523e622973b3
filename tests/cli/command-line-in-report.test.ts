import { expect, test } from 'vitest';
import { commandLine } from '../../cli/output/command-line.js';

test.each<[args: string[], shown: string]>([
  [['--target', 'http://127.0.0.1:8055'], 'auth-conformance --target http://127.0.0.1:8055'],
  [['--admin-password', 'd1r3ctu5', '--verbose'], "auth-conformance --admin-password '****' --verbose"],
  [['--admin-password=d1r3ctu5'], "auth-conformance '--admin-password=****'"],
  [
    ['--secret', 'abc', '--static-token=abc', '--admin-token', 'abc'],
    "auth-conformance --secret '****' '--static-token=****' --admin-token '****'",
  ],
  [['--header', 'X-Key: abc', '--clock-url', 'http://x/abc'], "auth-conformance --header '****' --clock-url '****'"],
  [['http://user:abc@host/'], "auth-conformance 'http://user:****@host/'"],
  [['--name', "it's mine"], "auth-conformance --name 'it'\\''s mine'"],
])('%j is shown as %s', (args, shown) => expect(commandLine(args)).toBe(shown));
