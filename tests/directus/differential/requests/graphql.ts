import fc from 'fast-check';
import { freshIds, manager, PASSWORD, reader, role, suspended, UNKNOWN_ID } from '../people.js';
import { some } from './combinators.js';
import { alone, proof, refreshToken } from './credentials.js';
import { step } from './request.js';

const { constant, constantFrom, oneof, record } = fc;

const text = (value: string): string => JSON.stringify(value);
const graphqlLogin = record({
  who: oneof(
    some(5, constantFrom(manager.email, reader.email, 'nobody@example.com')),
    some(2, constantFrom('', 'x', 'a@b', suspended.email)),
  ),
  password: constantFrom(PASSWORD, 'wrong', ''),
  mode: constantFrom('', ',mode:json', ',mode:cookie', ',mode:session', ',mode:bogus', ',otp:"123456"', ',otp:""'),
}).map(
  ({ who, password: given, mode: how }) =>
    `mutation{auth_login(email:${text(who)},password:${text(given)}${how}){access_token refresh_token expires}}`,
);
const graphqlExchange = record({
  token: oneof(
    constant(''),
    refreshToken.map((token) => `refresh_token:${typeof token === 'string' ? `"${token}"` : 'null'}`),
  ),
  mode: constantFrom('', ',mode:json', ',mode:cookie', ',mode:session'),
}).map(({ token, mode: how }) => `${token}${how}`.replace(/^,/, ''));
const braces = (given: string): string => (given === '' ? '' : `(${given})`);
const graphqlQuery = oneof(
  graphqlLogin,
  graphqlExchange.map((given) => `mutation{auth_refresh${braces(given)}{access_token refresh_token expires}}`),
  graphqlExchange.map((given) => `mutation{auth_logout${braces(given)}}`),
  constantFrom(
    '{users_me{id email status}}',
    '{users_me{nope}}',
    '{server_ping}',
    '{users{id}}',
    '{',
    '',
    '{nope}',
    `{users_by_id(id:"${reader.id}"){email role{name}}}`,
    `{users_by_id(id:"${UNKNOWN_ID}"){email}}`,
    '{users(sort:["email"],limit:2){email}}',
    '{roles(sort:["name"]){name}}',
    `{roles_by_id(id:"${role.id}"){name}}`,
    'query a{server_ping} query b{server_ping}',
    '{__typename}',
    '{users_me{role{name}}}',
    'mutation{auth_password_request(email:"nobody@example.com")}',
    '{users_me{token tfa_secret password}}',
    '{users_aggregated{countAll count{id email nope}}}',
    '{users_aggregated(groupBy:["status"]){group countAll count{id} countDistinct{status}}}',
    '{users(filter:{email:{_eq:"reader@example.com"}}){id role{name users{email}} last_access_func{year}}}',
    '{users(filter:{role:{name:{_eq:"Reader"}}},sort:["email"]){email}}',
    '{roles(sort:["name"]){name users(sort:["email"],limit:1){email} users_func{count}}}',
    '{server_info{project{project_name public_registration} queryLimit{default max}}}',
    '{settings{project_name auth_login_attempts}}',
    '{files{title} folders{name} notifications{subject} presets{bookmark} translations{key}}',
    '{collections_by_name(name:"directus_users"){collection meta{hidden} schema{name}}}',
    '{fields_by_name(collection:"directus_users",field:"email"){field type}}',
    '{roles_me{name}}',
    'mutation{update_users_me(data:{title:"T"}){title}}',
    'mutation{update_users_me(data:{email:"x"}){email}}',
    `mutation{create_users_item(data:{id:"${freshIds[0]}",email:"fresh@example.com",title:"t"}){email title}}`,
    `mutation{create_users_item(data:{id:"${freshIds[0]}",email:"reader@example.com"}){email}}`,
    `mutation{create_users_items(data:[{id:"${freshIds[1]}",email:"f1@example.com"}]){email status}}`,
    `mutation{update_users_item(id:"${reader.id}",data:{first_name:"G"}){first_name}}`,
    `mutation{update_users_item(id:"${UNKNOWN_ID}",data:{first_name:"G"}){first_name}}`,
    `mutation{update_users_items(ids:["${reader.id}","${suspended.id}"],data:{title:"x"}){title}}`,
    `mutation{update_users_batch(data:[{id:"${reader.id}",title:"z"}]){title}}`,
    `mutation{update_users_item(id:"${reader.id}",data:{role:"${role.id}"}){id}}`,
    `mutation{delete_users_item(id:"${suspended.id}"){id}}`,
    `mutation{delete_users_items(ids:["${UNKNOWN_ID}"]){ids}}`,
    `mutation{create_roles_item(data:{id:"${freshIds[2]}",name:"New"}){name icon}}`,
    `mutation{update_roles_item(id:"${role.id}",data:{description:"d"}){description}}`,
    'mutation{create_roles_item(data:{icon:"x"}){name}}',
    'mutation{users_invite_accept(token:"x",password:"secret123")}',
    'mutation{users_register_verify(token:"x")}',
    'mutation{users_me_tfa_enable(secret:"AAAA",otp:"000000")}',
    'mutation{users_me_tfa_generate(password:"wrong"){secret}}',
    'mutation{users_me_tfa_disable(otp:"000000")}',
    'mutation{utils_cache_clear}',
    'mutation{utils_sort(collection:"nope",item:1,to:2)}',
  ),
);

/** Requests for /graphql/system. */
export const graphql = oneof(
  some(
    6,
    step(
      'graphql',
      'POST',
      '/graphql/system',
      graphqlQuery.map((query) => ({ query })),
      oneof(alone, proof),
    ),
  ),
  some(
    1,
    step(
      'graphql',
      'POST',
      '/graphql/system',
      constantFrom<unknown>(
        {},
        { query: 1 },
        { query: null },
        [],
        { query: 'query a($x:String!){users_by_id(id:$x){id}}' },
        { query: '{server_ping}', variables: 'x' },
        { query: 'query a{server_ping} query b{server_ping}', operationName: 'b' },
      ),
      proof,
    ),
  ),
  some(
    1,
    step(
      'graphql',
      'GET',
      constantFrom('?query={server_ping}', '', '?query=mutation{auth_logout}').map((end) => `/graphql/system${end}`),
    ),
  ),
);
