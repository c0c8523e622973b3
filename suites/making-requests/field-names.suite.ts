import { chapter, check } from '../harness/check.js';
import { expectAccepted } from '../harness/expectations.js';
import { assert } from '../harness/outcomes.js';

/* Names of header fields are case-insensitive (RFC 9110 section 5.1): gateways and clients of HTTP/2 write them in lower case. */

chapter('Making Requests', () => {
  check(
    'requests.header.standard',
    'A standard token is accepted however the name of the header Authorization is written',
    async ({ target, user }) => {
      const account = await user();
      const { access } = await target.loggedIn(account);
      for (const name of ['authorization', 'AUTHORIZATION', 'aUTHORIZATION']) {
        const response = await target.send({ path: '/users/me', headers: { [name]: `Bearer ${access.value}` } });
        expectAccepted(response, account, `a standard token in the header ${name}`);
      }
    },
  );

  check(
    'requests.cookie',
    'The session cookie is accepted however the name of the header Cookie is written',
    async ({ target, user }) => {
      const account = await user();
      const { value } = await target.loggedInBySession(account);
      for (const name of ['cookie', 'COOKIE']) {
        const headers = { [name]: `${target.description.sessionCookie}=${value}` };
        const response = await target.send({ path: '/users/me', headers });
        expectAccepted(response, account, `the session cookie in the header ${name}`);
      }
    },
  );

  check(
    'requests.unrelated-headers',
    'A request without a body that names a content type is answered as one that names none',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const type = { 'Content-Type': 'application/json' };
      const { access } = await target.loggedIn(account);
      for (const sent of [{ header: access }, { query: access }]) {
        const response = await target.send(target.withTokens({ path: '/users/me', headers: type }, sent));
        expectAccepted(response, account, 'a standard token of a GET that names a content type');
      }
      const head = target.withTokens({ method: 'HEAD', path: '/users/me', headers: type }, { header: access });
      const response = await target.send(head);
      // Whether there is HEAD at all is the matter of requests.head.
      if (!response.isNotOffered)
        assert(response.succeeded, 'a HEAD that names a content type to be accepted', response.summary);
      const info = await target.send({ path: '/server/info' });
      if (!info.succeeded) return;
      const same = await target.send({ path: '/server/info', headers: type });
      assert(same.succeeded, 'GET /server/info that names a content type to be answered', same.summary);
    },
  );
});
