/*
 * The steps of the store in Redis, in Lua: Redis runs one script at a time, for all instances (Redis documentation, Scripting with Lua:
 * "all server activities are blocked during its entire runtime").
 *
 * A user or role is a hash of its members, each as JSON; lists hold the ids in the order of creation. Beside a user's members stands
 * `email key`, the JSON of the email in lower case, and `token key`, the digest of the static token. A session is a hash, with its end in a sorted set and its token in a set of the
 * user's. The scripts name the keys themselves, which a single Redis allows and a cluster does not.
 */

/** Before the name of each key. */
export const PREFIX = 'auth-conformance:';

const library = `
  local PREFIX = '${PREFIX}'
  local USERS, ROLES = PREFIX .. 'users', PREFIX .. 'roles'
  local EMAILS, TOKENS = PREFIX .. 'emails', PREFIX .. 'static-tokens'
  local ENDS, ATTEMPTS = PREFIX .. 'session-ends', PREFIX .. 'attempts'
  local function userKey(id) return PREFIX .. 'user:' .. id end
  local function roleKey(id) return PREFIX .. 'role:' .. id end
  local function itemsKey(collection) return PREFIX .. 'items:' .. collection end
  local function itemKey(collection, key) return PREFIX .. 'item:' .. collection .. ':' .. key end
  local function sessionKey(token) return PREFIX .. 'session:' .. token end
  local function sessionsOf(user) return PREFIX .. 'sessions-of:' .. user end

  -- Stores a hash, and its id at the end of a list when it is new.
  local function save(list, key, id, members)
    if redis.call('EXISTS', key) == 0 then redis.call('RPUSH', list, id) end
    redis.call('HSET', key, unpack(members))
  end

  local function saveRole(id, members) save(ROLES, roleKey(id), id, members) end

  local function taken(index, value, id)
    local owner = value ~= '' and value ~= 'null' and redis.call('HGET', index, value)
    return owner and owner ~= id
  end

  local function index(name, key, field, value, id)
    if value == '' then return end
    local old = redis.call('HGET', key, field)
    if old then redis.call('HDEL', name, old) end
    if value ~= 'null' then redis.call('HSET', name, value, id) end
  end

  -- email: JSON; token: its digest; 'null' for none, '' when they stay. Answers with the member that another user has.
  local function saveUser(id, email, token, members)
    if taken(EMAILS, email, id) then return 'email' end
    if taken(TOKENS, token, id) then return 'token' end
    local key = userKey(id)
    index(EMAILS, key, 'email key', email, id)
    index(TOKENS, key, 'token key', token, id)
    save(USERS, key, id, members)
    if email ~= '' then redis.call('HSET', key, 'email key', email) end
    if token ~= '' then redis.call('HSET', key, 'token key', token) end
    return false
  end

  local function dropSession(token)
    local user = redis.call('HGET', sessionKey(token), 'user')
    if not user then return 0 end
    redis.call('DEL', sessionKey(token))
    redis.call('ZREM', ENDS, token)
    redis.call('SREM', sessionsOf(user), token)
    return 1
  end

  local function saveSession(token, user, expires, successor)
    dropSession(token)
    redis.call('HSET', sessionKey(token), 'user', user, 'expires', expires, 'successor', successor)
    redis.call('ZADD', ENDS, expires, token)
    redis.call('SADD', sessionsOf(user), token)
  end

  local function session(token)
    local members = redis.call('HMGET', sessionKey(token), 'user', 'expires', 'successor')
    return members[1] and { token, unpack(members) }
  end
`;

/** Each takes its values as ARGV, in the order that is written over it. */
export const scripts = {
  /** version; answers with that of the store */
  schema: `redis.call('SETNX', PREFIX .. 'schema', ARGV[1]) return redis.call('GET', PREFIX .. 'schema')`,

  /** secret; answers with the one that is kept */
  secret: `redis.call('SETNX', PREFIX .. 'secret', ARGV[1]) return redis.call('GET', PREFIX .. 'secret')`,

  /** names of members */
  users: `
    local found = {}
    for i, id in ipairs(redis.call('LRANGE', USERS, 0, -1)) do found[i] = redis.call('HMGET', userKey(id), unpack(ARGV)) end
    return found`,

  /** 'emails' or 'static-tokens', JSON or digest, names of members */
  userBy: `
    local id = redis.call('HGET', PREFIX .. ARGV[1], ARGV[2])
    return id and redis.call('HMGET', userKey(id), unpack(ARGV, 3))`,

  /** id, email, static token, members; answers with the member that another user has */
  insertUser: `return saveUser(ARGV[1], ARGV[2], ARGV[3], { unpack(ARGV, 4) })`,

  /** id of the user, email, static token, id of the role, how many values the user's members are, members of both */
  insertFirstUser: `
    if redis.call('LLEN', USERS) > 0 then return 0 end
    local last = 5 + tonumber(ARGV[5])
    saveRole(ARGV[4], { unpack(ARGV, last + 1) })
    saveUser(ARGV[1], ARGV[2], ARGV[3], { unpack(ARGV, 6, last) })
    return 1`,

  /**
   * id, email, static token, how many values the members are that change, these, names of members; answers with the member that
   * another user has, or with the new record
   */
  updateUser: `
    if redis.call('EXISTS', userKey(ARGV[1])) == 0 then return false end
    local last = 4 + tonumber(ARGV[4])
    return saveUser(ARGV[1], ARGV[2], ARGV[3], { unpack(ARGV, 5, last) })
      or redis.call('HMGET', userKey(ARGV[1]), unpack(ARGV, last + 1))`,

  /** id */
  deleteUser: `
    local key = userKey(ARGV[1])
    index(EMAILS, key, 'email key', 'null')
    index(TOKENS, key, 'token key', 'null')
    redis.call('DEL', key)
    redis.call('LREM', USERS, 0, ARGV[1])
    redis.call('HDEL', ATTEMPTS, ARGV[1])
    for _, token in ipairs(redis.call('SMEMBERS', sessionsOf(ARGV[1]))) do dropSession(token) end`,

  /** names of members */
  roles: `
    local found = {}
    for i, id in ipairs(redis.call('LRANGE', ROLES, 0, -1)) do found[i] = redis.call('HMGET', roleKey(id), unpack(ARGV)) end
    return found`,

  /** id, members */
  saveRole: `saveRole(ARGV[1], { unpack(ARGV, 2) })`,

  /** id, the id as JSON */
  deleteRole: `
    redis.call('DEL', roleKey(ARGV[1]))
    redis.call('LREM', ROLES, 0, ARGV[1])
    local function forget(list, keyOf, member)
      for _, id in ipairs(redis.call('LRANGE', list, 0, -1)) do
        if redis.call('HGET', keyOf(id), member) == ARGV[2] then redis.call('HSET', keyOf(id), member, 'null') end
      end
    end
    forget(USERS, userKey, 'role')
    forget(ROLES, roleKey, 'parent')`,

  /** token */
  session: `return session(ARGV[1])`,

  sessions: `
    local found = {}
    for i, token in ipairs(redis.call('ZRANGE', ENDS, 0, -1)) do found[i] = session(token) end
    return found`,

  /** the session's token, user, end and successor */
  insertSession: `saveSession(unpack(ARGV))`,

  /** token of the old one; token, user, end and successor of the new one; answers with 1 or 0 */
  replaceSession: `
    if dropSession(ARGV[1]) == 0 then return 0 end
    saveSession(unpack(ARGV, 2))
    return 1`,

  /** end of the grace; token of the old one; token, user, end and successor of the new one; answers with the successor */
  succeedSession: `
    local old = session(ARGV[2])
    if not old then return false end
    local token, user, expires, successor = unpack(old)
    if successor ~= '' then return session(successor) end
    if tonumber(ARGV[1]) < tonumber(expires) then expires = ARGV[1] end
    saveSession(token, user, expires, ARGV[3])
    saveSession(unpack(ARGV, 3))
    return session(ARGV[3])`,

  /** token */
  deleteSession: `return dropSession(ARGV[1])`,

  /** user; token of the one that stays, or '' */
  deleteSessionsOf: `
    for _, token in ipairs(redis.call('SMEMBERS', sessionsOf(ARGV[1]))) do
      if token ~= ARGV[2] then dropSession(token) end
    end`,

  /** end */
  purgeSessions: `
    for _, token in ipairs(redis.call('ZRANGEBYSCORE', ENDS, '-inf', '(' .. ARGV[1])) do dropSession(token) end`,

  /** collection; answers with pairs of key and members */
  items: `
    local found = {}
    for i, key in ipairs(redis.call('LRANGE', itemsKey(ARGV[1]), 0, -1)) do
      found[i] = { key, redis.call('HGETALL', itemKey(ARGV[1], key)) }
    end
    return found`,

  /**
   * for each change: kind, collection, key, how many values the members are, these; answers with 0 when one would insert a key that is
   * there already
   */
  changeItems: `
    local function each(act)
      local at = 1
      while ARGV[at] do
        local last = at + 3 + tonumber(ARGV[at + 3])
        act(ARGV[at], ARGV[at + 1], ARGV[at + 2], at + 4, last)
        at = last + 1
      end
    end
    local taken = false
    each(function(kind, collection, key)
      if kind == 'insert' and redis.call('EXISTS', itemKey(collection, key)) == 1 then taken = true end
    end)
    if taken then return 0 end
    each(function(kind, collection, key, first, last)
      local name = itemKey(collection, key)
      if kind == 'remove' then
        if redis.call('DEL', name) == 1 then redis.call('LREM', itemsKey(collection), 0, key) end
      elseif kind == 'insert' or redis.call('EXISTS', name) == 1 then
        save(itemsKey(collection), name, key, { unpack(ARGV, first, last) })
      end
    end)
    return 1`,

  /** collection, floor; answers with the number */
  nextNumber: `
    local last = tonumber(redis.call('HGET', PREFIX .. 'numbers', ARGV[1]) or '0')
    local number = math.max(last, tonumber(ARGV[2])) + 1
    redis.call('HSET', PREFIX .. 'numbers', ARGV[1], string.format('%.0f', number))
    return number`,

  /** user; answers with the count */
  countAttempt: `return redis.call('HINCRBY', ATTEMPTS, ARGV[1], 1)`,

  /** user */
  forgetAttempts: `redis.call('HDEL', ATTEMPTS, ARGV[1])`,
} as const;

/** The whole text of a script. */
export const scriptText = (name: keyof typeof scripts): string => library + scripts[name];
