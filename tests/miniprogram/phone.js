// A phone for page logic: `wx` with a server of the test's own, and pages without a screen.

const path = require('node:path');

const ROOT = path.join(__dirname, '../../miniprogram');

const answer = (data, statusCode = 200) => ({ statusCode, data });

const assign = (target, name, value) => {
  const steps = name.split('.');
  const last = steps.pop();
  steps.reduce((inner, step) => inner[step], target)[last] = value;
};

// `server` gets each request that is not a login and returns an answer, or null when the network is down.
class Phone {
  constructor(server, { bound = true } = {}) {
    this.server = server;
    this.bound = bound;
    this.requests = [];
    this.logins = 0;
    this.storage = {};
    this.went = [];
    this.toasts = [];
    this.modals = [];
    this.copied = null;
    global.wx = this.wx();
    Object.keys(require.cache)
      .filter((name) => name.startsWith(ROOT))
      .forEach((name) => delete require.cache[name]);
  }

  wx() {
    const went = (how) => ({ url }) => this.went.push(`${how} ${url}`);
    return {
      login: ({ success }) => success({ code: `code-${(this.logins += 1)}` }),
      request: (options) => this.request(options),
      getStorageSync: (key) => structuredClone(this.storage[key] ?? ''),
      setStorageSync: (key, value) => {
        this.storage[key] = structuredClone(value);
      },
      navigateTo: went('to'),
      reLaunch: went('relaunch'),
      switchTab: went('tab'),
      hideHomeButton: () => {},
      stopPullDownRefresh: () => {},
      showToast: ({ title }) => this.toasts.push(title),
      showModal: (options) => this.modals.push(options),
      setClipboardData: ({ data }) => {
        this.copied = data;
      },
      requestSubscribeMessage: (options) => {
        this.asked = options;
      },
    };
  }

  request(options) {
    const { url, method, data, header, success, fail } = options;
    const address = new URL(url);
    const request = { method, name: address.pathname, query: Object.fromEntries(address.searchParams), data, header };
    this.requests.push(request);
    const said = address.pathname === '/api/login' ? this.login(request) : this.server(request);
    Promise.resolve(said).then((found) => (found ? success(found) : fail({ errMsg: 'request:fail' })));
  }

  login(request) {
    const said = this.onLogin?.(request);
    return said === undefined ? answer({ token: `token-${this.logins}`, expires_in: 7200, bound: this.bound }) : said;
  }

  sent(name) {
    return this.requests.filter((request) => request.name === name);
  }

  service(name) {
    return require(path.join(ROOT, 'services', name));
  }

  open(page, options = {}) {
    let made;
    global.Page = (definition) => {
      made = { ...definition, data: structuredClone(definition.data) };
    };
    require(path.join(ROOT, 'pages', page));
    made.setData = (patch) => Object.entries(patch).forEach(([name, value]) => assign(made.data, name, value));
    made.onLoad?.(options);
    return made;
  }
}

module.exports = { Phone, answer };
