// The mini-program's own modules: each sees what WeChat gives it, and nothing of the browser.

const resolve = (name, from) => {
  const steps = name.startsWith('/') ? [] : from.split('/').slice(0, -1);
  name.split('/').forEach((step) => {
    if (step === '..') steps.pop();
    else if (step && step !== '.') steps.push(step);
  });
  const path = steps.join('/');
  return path.endsWith('.js') ? path : `${path}.js`;
};

export class Code {
  constructor(modules, space, wx, stack) {
    this.modules = modules;
    this.space = space;
    this.wx = wx;
    this.stack = stack;
    this.done = {};
    this.app = {};
  }

  run(name) {
    if (this.done[name]) return this.done[name].exports;
    const body = this.modules[name];
    if (!body) throw new Error(`module '${name}' is not defined`);
    const module = { exports: {} };
    this.done[name] = module;
    this.space.componentEnv(name.replace(/\.js$/, ''), ({ Page, Component, Behavior }) => {
      const require = (wanted) => this.run(resolve(wanted, name));
      const App = (options) => Object.assign(this.app, options);
      const getApp = () => this.app;
      const getCurrentPages = () => this.stack.pages.map((view) => view.page);
      body(require, module, module.exports, this.wx, App, Page, Component, Behavior, getApp, getCurrentPages);
    });
    return module.exports;
  }

  launch(path) {
    const how = { path, query: {}, scene: 1001 };
    this.app.onLaunch?.(how);
    this.app.onShow?.(how);
  }
}
