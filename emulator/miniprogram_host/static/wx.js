// `wx`: of WeChat's API, what can be played in a browser; a call of anything else fails by itself.

import { post } from './control.js';
import { asTap, inTap } from './events.js';

class Failed extends Error {
  constructor(message, facts = {}) {
    super(message);
    this.facts = facts;
  }
}

// An asynchronous call of WeChat's: callbacks if any were given, else a promise.
const calls = (name, work) => (options = {}) => {
  const { success, fail, complete } = options;
  let began;
  try {
    began = Promise.resolve(work(options));
  } catch (error) {
    began = Promise.reject(error);
  }
  const ended = began.then(
    (facts) => ({ errMsg: `${name}:ok`, ...facts }),
    (error) => Promise.reject({ errMsg: `${name}:fail ${error.message}`, ...error.facts }),
  );
  if (!success && !fail && !complete) return ended;
  ended.then(
    (facts) => {
      success?.(facts);
      complete?.(facts);
    },
    (facts) => {
      fail?.(facts);
      complete?.(facts);
    },
  );
  return undefined;
};

const withQuery = (address, data) => {
  for (const [key, value] of Object.entries(data || {})) {
    if (value !== undefined) address.searchParams.append(key, String(value));
  }
  return address;
};

const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

async function request(person, { url, method = 'GET', data, header = {}, timeout = 60000 }) {
  if (!/^https:\/\//.test(url)) throw new Failed('url not in domain list');
  const asked = new URL(url);
  const bodyless = method === 'GET' || method === 'HEAD';
  if (bodyless) withQuery(asked, data);
  let answer;
  try {
    answer = await fetch(`/miniprogram/backend/${person}${asked.pathname}${asked.search}`, {
      method,
      headers: { 'Content-Type': 'application/json', ...header },
      body: bodyless || data === undefined ? undefined : typeof data === 'string' ? data : JSON.stringify(data),
      signal: AbortSignal.timeout(timeout),
    });
  } catch (error) {
    throw new Failed(error.name === 'TimeoutError' ? 'timeout' : 'connection failed');
  }
  if (answer.headers.has('X-Request-Failed')) throw new Failed(answer.headers.get('X-Request-Failed'));
  const text = await answer.text();
  return { statusCode: answer.status, data: parsed(text), header: Object.fromEntries(answer.headers) };
}

async function subscribe(person, layer, { tmplIds = [] }) {
  const known = JSON.parse(document.getElementById('templates').textContent);
  const wanted = tmplIds.map((id) => known.find((template) => template.id === id));
  if (!wanted.length || wanted.length > 3) throw new Failed('tmplIds must be one to three', { errCode: 20003 });
  if (wanted.includes(undefined)) throw new Failed('No template data return', { errCode: 20001 });
  const answers = await layer.askSubscription(document.title, wanted);
  for (const choice of ['accept', 'reject']) {
    const template = tmplIds.filter((id) => answers[id] === choice);
    if (template.length) await post('subscribe', { door: 'miniprogram', person, template, accept: choice === 'accept' });
  }
  return answers;
}

const storage = (person) => {
  const own = `miniprogram:${person}:`;
  const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(own));
  return {
    getStorageSync: (key) => parsed(localStorage.getItem(own + key) ?? '""'),
    setStorageSync: (key, value) => localStorage.setItem(own + key, JSON.stringify(value)),
    removeStorageSync: (key) => localStorage.removeItem(own + key),
    clearStorageSync: () => keys().forEach((key) => localStorage.removeItem(key)),
  };
};

export function platform({ person, stack, frame, layer }) {
  const turned = (name) => calls(name, ({ url }) => stack[name](url));
  return Object.freeze({
    login: calls('login', () => post('login', { door: 'miniprogram', person })),
    request: calls('request', (options) => request(person, options)),
    requestSubscribeMessage: calls('requestSubscribeMessage', (options) => {
      if (!inTap()) throw new Failed('can only be invoked by user TAP gesture.');
      return subscribe(person, layer, options);
    }),
    navigateTo: turned('navigateTo'),
    redirectTo: turned('redirectTo'),
    switchTab: turned('switchTab'),
    reLaunch: turned('reLaunch'),
    navigateBack: calls('navigateBack', ({ delta }) => stack.navigateBack(delta)),
    setNavigationBarTitle: calls('setNavigationBarTitle', ({ title }) => {
      stack.top.title = title;
      frame.setTitle(title);
    }),
    hideHomeButton: calls('hideHomeButton', () => frame.hideHome(stack.top)),
    startPullDownRefresh: calls('startPullDownRefresh', () => stack.top.pull?.start()),
    stopPullDownRefresh: calls('stopPullDownRefresh', () => stack.pages.forEach((view) => view.pull?.stop())),
    showToast: calls('showToast', (options) => layer.toast(options)),
    hideToast: calls('hideToast', () => layer.hideToast()),
    showLoading: calls('showLoading', ({ title }) => layer.toast({ title, icon: 'loading', duration: 0 })),
    hideLoading: calls('hideLoading', () => layer.hideToast()),
    // Its callback counts as a tap, as on a phone; a promise would come too late for that.
    showModal: (options) =>
      new Promise((resolve) => {
        layer.modal(options, (confirm) => {
          const answer = { errMsg: 'showModal:ok', confirm, cancel: !confirm };
          asTap(() => options.success?.(answer));
          resolve(answer);
        });
      }),
    setClipboardData: calls('setClipboardData', async ({ data }) => {
      await navigator.clipboard.writeText(data);
      layer.toast({ title: '内容已复制', icon: 'none' });
    }),
    ...storage(person),
  });
}
