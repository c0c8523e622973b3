import type { CookieJar } from 'tough-cookie';

/**
 * A fetch that keeps cookies as a browser does: it sends and stores them when the request says `credentials: 'include'`
 * (Fetch Standard, section Requests), and only then.
 */
export const cookieFetch =
  (jar: CookieJar): typeof fetch =>
  async (input, init) => {
    if (init?.credentials !== 'include') return fetch(input, init);
    const url = input instanceof Request ? input.url : String(input);
    const headers = new Headers(init.headers);
    const cookies = await jar.getCookieString(url);
    if (cookies !== '') headers.set('Cookie', cookies);
    const response = await fetch(input, { ...init, headers });
    for (const cookie of response.headers.getSetCookie()) await jar.setCookie(cookie, url);
    return response;
  };
