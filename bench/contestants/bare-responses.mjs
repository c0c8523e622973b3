/* What the bare servers answer: as long as the reference server's own answers. */

/** A user, as `GET /users/me` tells it. */
export const user = {
  data: {
    id: '0b6ac8b5-8d0a-4b6f-9a3f-7a2c63c0c0de',
    first_name: 'Admin',
    last_name: 'User',
    email: 'admin@example.com',
    password: '**********',
    location: null,
    title: null,
    description: null,
    tags: null,
    avatar: null,
    language: null,
    tfa_secret: null,
    status: 'active',
    role: '5f1d4b1e-6d4c-4f0e-9f55-1f0b6ed4a001',
    token: null,
    last_access: '2026-11-24T04:00:51',
    last_page: null,
    provider: 'default',
    external_identifier: null,
    auth_data: null,
    email_notifications: true,
    appearance: null,
    theme_dark: null,
    theme_light: null,
    theme_light_overrides: null,
    theme_dark_overrides: null,
    text_direction: 'auto',
    policies: [],
  },
};

/** Tokens, as `POST /auth/refresh` tells them. */
export const tokens = {
  data: {
    expires: 900_000,
    refresh_token: 'r'.repeat(64),
    access_token: `${'h'.repeat(36)}.${'c'.repeat(250)}.${'s'.repeat(43)}`,
  },
};
