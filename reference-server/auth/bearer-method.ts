/** The methods of sending an access token (RFC 6750 section 2 calls them methods). Seed, section Making Requests. */
export type BearerMethod = 'header' | 'query' | 'cookie';
