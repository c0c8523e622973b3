import type { ComponentChildren, JSX } from 'preact';
import { renderToString } from 'preact-render-to-string';

/** What a page says, and where it is. */
export interface LinkPage {
  readonly title: string;
  /** Where the API begins, as /api, empty for /. */
  readonly basePath: string;
  /** What went wrong when the form was sent. */
  readonly problem?: string;
}

/** A page with a form that sends a new password and the token of the link. It needs no script. */
export const passwordPage = (page: LinkPage, token: string, submit: string): string =>
  html(
    <Page {...page}>
      <form method="post">
        <input type="hidden" name="token" value={token} />
        <label for="password">New password</label>
        <input id="password" name="password" type="password" autocomplete="new-password" required autofocus />
        <button type="submit" class="main">
          {submit}
        </button>
      </form>
    </Page>,
  );

/** A page that says that it is done. */
export const donePage = (page: LinkPage, done: string): string =>
  html(
    <Page {...page}>
      <p role="status">{done}</p>
      <p>
        <a href={`${page.basePath}/admin`}>Sign in</a>
      </p>
    </Page>,
  );

const html = (page: JSX.Element): string => `<!doctype html>${renderToString(page)}`;

function Page({
  title,
  basePath,
  problem,
  children,
}: LinkPage & { readonly children: ComponentChildren }): JSX.Element {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href={`${basePath}/admin/style.css`} />
      </head>
      <body>
        <main>
          <section id="sign-in" aria-labelledby="title">
            <h1 id="title">{title}</h1>
            {problem !== undefined && (
              <p id="problem" role="alert">
                {problem}
              </p>
            )}
            {children}
          </section>
        </main>
      </body>
    </html>
  );
}
