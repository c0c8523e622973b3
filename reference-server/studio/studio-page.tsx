import type { ComponentChildren, JSX } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { CreateForm, EditForm, Emails, EventFilter, Roles } from './management.js';

/** Email and password that the sign-in tells. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/**
 * The HTML of the studio page. The script fills it.
 * @param basePath where the API begins, as /api, empty for /
 * @param known the administrator's credentials where they are the default ones, which everybody may know
 */
export const studioPage = (basePath: string, known?: Credentials): string =>
  `<!doctype html>${renderToString(<Page basePath={basePath} known={known} />)}`;

function Page({
  basePath,
  known,
}: {
  readonly basePath: string;
  readonly known: Credentials | undefined;
}): JSX.Element {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Studio of the reference server</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href={`${basePath}/admin/style.css`} />
        <script type="module" src={`${basePath}/admin/script.js`} />
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <header>
          <div>
            <p class="kicker">auth-conformance</p>
            <h1>Studio of the reference server</h1>
          </div>
          <p id="account" hidden>
            <span>
              Signed in as <a id="own-page" href="#"></a>
            </span>
            <button type="button" id="sign-out">
              Sign out
            </button>
          </p>
        </header>
        <main id="main" tabIndex={-1}>
          <noscript>
            <p>This page needs JavaScript.</p>
          </noscript>
          <p id="problem" role="alert" />
          <SignIn known={known} />
          <div id="studio" hidden>
            <Clock />
            <Users />
            <User />
            <Section id="create" title="New user" hidden>
              <CreateForm />
            </Section>
            <Section id="edit" title="Edit" hidden>
              <EditForm />
            </Section>
            <Section id="roles" title="Roles" hidden>
              <Roles />
            </Section>
            <Section id="outbox" title="Outbox" hidden>
              <Emails />
            </Section>
            <Sessions />
            <Events />
          </div>
        </main>
      </body>
    </html>
  );
}

function Section({
  id,
  title,
  hidden = false,
  children,
}: {
  id: string;
  title: string;
  hidden?: boolean;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <section id={id} aria-labelledby={`${id}-title`} hidden={hidden}>
      <h2 id={`${id}-title`} tabIndex={-1}>
        {title}
      </h2>
      {children}
    </section>
  );
}

function SignIn({ known }: { readonly known: Credentials | undefined }): JSX.Element {
  return (
    <Section id="sign-in" title="Sign in" hidden>
      <form id="sign-in-form" method="post">
        <label for="email">Email</label>
        <input id="email" name="email" type="email" autocomplete="username" required />
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required />
        <div id="otp-field" hidden>
          <label for="otp">One-time password</label>
          <input id="otp" name="otp" inputMode="numeric" autocomplete="one-time-code" />
        </div>
        <button type="submit" class="main">
          Sign in
        </button>
      </form>
      {known !== undefined && (
        <p class="hint">
          Unless it was changed, the administrator is <code>{known.email}</code> with <code>{known.password}</code>.
        </p>
      )}
    </Section>
  );
}

function Clock(): JSX.Element {
  return (
    <Section id="clock" title="Time travel" hidden>
      <p>
        The server’s clock says <time id="server-time" />
        <span id="ahead" role="status" />
      </p>
      <p class="buttons">
        <button type="button" data-ms={60_000}>
          Advance 1 minute
        </button>
        <button type="button" data-ms={15 * 60_000}>
          Advance 15 minutes
        </button>
        <button type="button" data-ms={24 * 60 * 60_000}>
          Advance 1 day
        </button>
        <button type="button" id="expire-everything">
          Expire everything
        </button>
        <button type="button" id="back-to-now">
          Back to now
        </button>
      </p>
      <p class="hint">
        “Expire everything” advances the clock by the longest lifetime of a token, this page’s session included: you
        sign in again. Static tokens do not expire.
      </p>
    </Section>
  );
}

function Users(): JSX.Element {
  return (
    <Section id="users" title="Users" hidden>
      <ul id="user-list" class="rows" />
    </Section>
  );
}

function User(): JSX.Element {
  return (
    <Section id="user" title="User">
      <dl class="facts">
        <Fact id="first_name" label="First name" />
        <Fact id="last_name" label="Last name" />
        <Fact id="user-email" label="Email" />
        <Fact id="status" label="Status" />
        <Fact id="role" label="Role" />
      </dl>
      <form id="token-form" method="post" hidden>
        <label for="token">Static token</label>
        <input id="token" type="text" autocomplete="off" spellcheck={false} aria-describedby="notice token-hint" />
        <div id="notice" role="status" />
        <p class="buttons" id="token-buttons">
          <button type="button" id="generate">
            Generate token
          </button>
          <button type="button" id="copy" disabled>
            Copy
          </button>
          <button type="submit" id="save" class="main" disabled>
            Save
          </button>
          <button type="button" id="clear" disabled>
            Clear token
          </button>
        </p>
        <p id="done" role="status" />
        <p id="token-hint" class="hint" />
      </form>
    </Section>
  );
}

function Fact({ id, label }: { id: string; label: string }): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd id={id} />
    </div>
  );
}

function Sessions(): JSX.Element {
  return (
    <Section id="sessions" title="Sessions">
      <p class="hint" id="session-count" role="status" />
      <ul id="session-list" class="rows" />
    </Section>
  );
}

function Events(): JSX.Element {
  return (
    <Section id="events" title="Authentication events">
      <p class="hint">The last 200 requests, newest first. Tokens and passwords are never shown.</p>
      <EventFilter />
      <div id="event-log" role="log" aria-labelledby="events-title" tabIndex={0}>
        <ol id="event-list" reversed />
      </div>
    </Section>
  );
}
