// The one way to the server: signing in, the bearer token, the keys of commands, and what can go wrong.

const { server, timeout } = require('../config');

const SESSION = 'session';
const KEYS = 'keys';
const KEY_LIVES_MS = 10 * 60 * 1000;

const WORDS = {
  offline: '网络好像断了，请检查后再试',
  busy: '操作有点频繁，请稍等一会儿再试',
  unavailable: '系统正忙，请稍后再试',
  expired: '登录过期了，请再试一次',
  unbound: '请先绑定，再查看订单',
  refused: '没有成功，请再试一次',
};

// What went wrong: `kind` is one of WORDS, `message` is for people, `facts` are the server's.
class ApiError extends Error {
  constructor(kind, message, facts = {}) {
    super(message || WORDS[kind]);
    this.kind = kind;
    this.facts = facts;
  }
}

const failure = (status, body) => {
  const facts = body && typeof body === 'object' ? body : {};
  if (facts.code === 'not_bound') return new ApiError('unbound', '', facts);
  if (status === 401) return new ApiError('expired', '', facts);
  if (status === 429) return new ApiError('busy', facts.message, facts);
  if (status >= 500) return new ApiError('unavailable', '', facts);
  return new ApiError('refused', facts.message, facts);
};

const send = ({ method, path, data, token, key }) =>
  new Promise((resolve, reject) => {
    const header = { 'Content-Type': 'application/json' };
    if (token) header.Authorization = `Bearer ${token}`;
    if (key) header['Idempotency-Key'] = key;
    wx.request({
      url: server + path,
      method,
      data,
      header,
      timeout,
      success: ({ statusCode, data: body }) =>
        statusCode >= 200 && statusCode < 300 ? resolve(body) : reject(failure(statusCode, body)),
      fail: () => reject(new ApiError('offline')),
    });
  });

const loginCode = () =>
  new Promise((resolve, reject) => {
    wx.login({ success: ({ code }) => resolve(code), fail: () => reject(new ApiError('offline')) });
  });

const keep = (session) => {
  wx.setStorageSync(SESSION, session);
  return session;
};

let signing = null;

// A new token for this WeChat; with the code of the phone button also an attempt to bind by that number.
const signIn = (phoneCode) => {
  if (signing && !phoneCode) return signing;
  const work = loginCode()
    .then((code) => send({ method: 'POST', path: '/api/login', data: phoneCode ? { code, phone_code: phoneCode } : { code } }))
    .then((answer) => keep({ token: answer.token, bound: answer.bound, until: Date.now() + answer.expires_in * 1000 }));
  const over = () => {
    if (signing === work) signing = null;
  };
  signing = work;
  work.then(over, over);
  return work;
};

const session = () => {
  const kept = wx.getStorageSync(SESSION);
  return kept && kept.until > Date.now() ? Promise.resolve(kept) : signIn();
};

// One request as whoever this is; a token that has expired is replaced once, under the same key.
const ask = async (request) => {
  const { token, bound } = await session();
  if (!bound && !request.open) throw new ApiError('unbound');
  try {
    return await send({ ...request, token });
  } catch (error) {
    const unbound = error.kind === 'unbound' || error.facts.code === 'no_right';
    if (error.kind !== 'expired' && !unbound) throw error;
    const renewed = await signIn();
    if (unbound && !renewed.bound) throw new ApiError('unbound');
    if (unbound) throw error;
    return send({ ...request, token: renewed.token });
  }
};

const path = (name) => `/api/${name.replace('.', '/')}`;

// What somebody may ask who is nobody here yet.
const isOpen = (name) => /^(account|bind)\./.test(name);

const query = (name, inputs = {}) => {
  const given = Object.entries(inputs).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const search = given.map(([input, value]) => `${input}=${encodeURIComponent(value)}`).join('&');
  return ask({ method: 'GET', path: path(name) + (search && `?${search}`), open: isOpen(name) });
};

const fresh = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 12)}`;

const keysNow = () => {
  const kept = wx.getStorageSync(KEYS) || {};
  return Object.fromEntries(Object.entries(kept).filter(([, { since }]) => Date.now() - since < KEY_LIVES_MS));
};

// A command whose answer never came may have run; pressed again, it goes out under the same key and runs once.
const command = async (name, inputs = {}) => {
  const what = `${name} ${JSON.stringify(inputs)}`;
  const keys = keysNow();
  keys[what] = keys[what] || { key: fresh(), since: Date.now() };
  wx.setStorageSync(KEYS, keys);
  const answered = () => {
    const left = keysNow();
    delete left[what];
    wx.setStorageSync(KEYS, left);
  };
  try {
    const result = await ask({ method: 'POST', path: path(name), data: inputs, key: keys[what].key, open: isOpen(name) });
    answered();
    return result;
  } catch (error) {
    if (error.kind === 'refused') answered();
    throw error;
  }
};

const bindByPhone = (phoneCode) => signIn(phoneCode);

const bindByCode = async (code) => {
  const answer = await command('bind.verify', { code });
  if (answer.bound) keep({ ...(await session()), bound: true });
  return answer;
};

const unbind = async () => {
  await command('account.unbind');
  keep({ ...(await session()), bound: false });
};

module.exports = { ApiError, session, signIn, query, command, bindByPhone, bindByCode, unbind };
