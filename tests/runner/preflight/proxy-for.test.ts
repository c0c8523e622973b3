import { expect, test } from 'vitest';
import { proxyFor } from '../../../runner/preflight/proxy-for.js';

const proxy = 'http://proxy.example:3128';

test.each([
  ['http://api.example.test:8055', '*.example.test', undefined],
  ['http://api.example.test:8055', '.example.test', undefined],
  ['http://api.example.test:8055', 'api.example.test:8055', undefined],
  ['http://api.example.test:8055', 'api.example.test:9000', proxy],
  ['http://api.example.test', 'api.example.test:80', undefined],
  ['http://127.0.0.1:8055', 'localhost, 127.0.0.1:8055', undefined],
  ['http://127.0.0.1:8055', '127.0.0.0/8', undefined],
  ['http://[::1]:8055', '[::1]:8055', undefined],
  ['http://[::1]:8055', '[::1]', undefined],
  ['http://[::1]:8055', '::1', undefined],
  ['http://[fd00::2]', 'fd00::/8', undefined],
  ['http://notexample.test', 'example.test', proxy],
  ['http://api.example.test', '*', undefined],
])('%s with NO_PROXY=%s is asked through %s', (url, list, expected) => {
  expect(proxyFor(url, { http_proxy: proxy, NO_PROXY: list })?.url).toBe(expected);
});
