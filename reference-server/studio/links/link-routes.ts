import express, { type Request, type RequestHandler, type Response } from 'express';
import type { Context } from '../../context.js';
import { bodyOf } from '../../http/answer.js';
import { ApiError } from '../../http/errors.js';
import { routes } from '../../http/routes.js';
import { acceptInvitation } from '../../routes/by-email/invitations.js';
import { resetPassword } from '../../routes/by-email/passwords.js';
import { donePage, passwordPage } from './link-page.js';

/** How large a form may be, in bytes. */
const FORM_BYTES = 16_384;

/** A page that a link of an email leads to: a new password, and what is done with it. */
interface Form {
  readonly title: string;
  readonly submit: string;
  readonly done: string;
  readonly act: (context: Context, token: string, password: string) => Promise<void>;
}

const reset: Form = {
  title: 'Set a new password',
  submit: 'Set the password',
  done: 'The new password is set. Every session of before has ended.',
  act: resetPassword,
};

const invite: Form = {
  title: 'Accept the invitation',
  submit: 'Create the account',
  done: 'The account is ready.',
  act: acceptInvitation,
};

/**
 * The pages that links of emails lead to where no allow list names one of an application: a Directus has them in its app. The link of a
 * verification leads on to the page of the user.
 */
export function linkRoutes(context: Context): RequestHandler {
  const read = express.urlencoded({ extended: false, limit: FORM_BYTES });
  return routes({
    '/admin/reset-password': pages(context, reset, read),
    '/admin/accept-invite': pages(context, invite, read),
    '/admin/users/:id': {
      get: (request, response) =>
        response.redirect(`${request.baseUrl}/admin#/users/${encodeURIComponent(request.params.id)}`),
    },
  });
}

function pages(context: Context, form: Form, read: RequestHandler): Parameters<typeof routes>[0][string] {
  const page = (request: Request): { title: string; basePath: string } => ({
    title: form.title,
    basePath: request.baseUrl,
  });
  const withForms = (response: Response): Response => {
    // The form is sent to the page itself.
    const policy = String(response.getHeader('Content-Security-Policy'));
    return response
      .set('Content-Security-Policy', policy.replace("form-action 'none'", "form-action 'self'"))
      .set('Cache-Control', 'no-store')
      .type('html');
  };
  return {
    get: (request, response) => {
      const { token } = request.query;
      withForms(response).send(passwordPage(page(request), typeof token === 'string' ? token : '', form.submit));
    },
    post: (request, response, next) => {
      const answer = async (): Promise<void> => {
        const { token, password } = bodyOf(request);
        const given = typeof token === 'string' ? token : '';
        try {
          await form.act(context, given, typeof password === 'string' ? password : '');
          withForms(response).send(donePage(page(request), form.done));
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          withForms(response)
            .status(error.status)
            .send(passwordPage({ ...page(request), problem: problemOf(error) }, given, form.submit));
        }
      };
      read(request, response, (error?: unknown) => {
        if (error !== undefined) next(error);
        else answer().catch(next);
      });
    },
  };
}

/** What went wrong, for a user who followed a link. */
function problemOf({ code, message }: ApiError): string {
  if (code === 'TOKEN_EXPIRED') return 'This link has expired. Ask for another one.';
  if (code === 'INVALID_TOKEN' || code === 'FORBIDDEN' || code === 'INVALID_INVITE')
    return 'This link is not valid, or has been used.';
  return message;
}
