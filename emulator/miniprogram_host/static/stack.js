// The pages that are open, as WeChat keeps them: at most ten, and tab pages stay alive.

import { backend, space } from './templates.js';
import { Pull } from './pull.js';

const DEEPEST = 10;
const LARGEST_SET_DATA = 1 << 20;
const NEAR_BOTTOM_PX = 50;

const parse = (url, from) => {
  const [path, search = ''] = url.split('?');
  const absolute = path.startsWith('/') ? path.slice(1) : new URL(path, `http://x/${from}`).pathname.slice(1);
  // Values reach the page as they stand in the address; decoding them is the page's own business.
  const pairs = search.split('&').filter(Boolean).map((pair) => [pair.split('=')[0], pair.slice(pair.indexOf('=') + 1)]);
  return { route: absolute, options: Object.fromEntries(pairs) };
};

const limitSetData = (page) => {
  const set = page.setData;
  page.setData = function (data, done) {
    const size = new Blob([JSON.stringify(data)]).size;
    if (size > LARGEST_SET_DATA) throw new Error(`setData: ${size} bytes, more than ${LARGEST_SET_DATA}`);
    return set.call(this, data, done);
  };
};

export class Stack {
  constructor(config, files, frame) {
    this.config = config;
    this.files = files;
    this.frame = frame;
    this.pages = [];
    this.kept = new Map();
    this.tabs = (config.tabBar?.list || []).map((tab) => tab.pagePath);
    frame.onBack = () => this.navigateBack();
    frame.onHome = () => this.reLaunch(`/${config.pages[0]}`);
    frame.onTab = (path) => this.switchTab(`/${path}`);
  }

  get top() {
    return this.pages[this.pages.length - 1];
  }

  navigateTo(url) {
    const wanted = this.find(url);
    if (this.isTab(wanted)) throw new Error('can not navigateTo a tabbar page');
    if (this.pages.length >= DEEPEST) throw new Error('webview count limit exceed');
    this.hide(this.top);
    this.pages.push(this.make(wanted));
    this.show();
  }

  redirectTo(url) {
    const wanted = this.find(url);
    if (this.isTab(wanted)) throw new Error('can not redirectTo a tabbar page');
    this.close(this.pages.pop());
    this.pages.push(this.make(wanted));
    this.show();
  }

  switchTab(url) {
    const wanted = this.find(url);
    if (!this.isTab(wanted)) throw new Error('can not switch to no-tabBar page');
    if (this.top?.route === wanted.route) return;
    this.hide(this.top);
    this.pages.filter((view) => !this.isTab(view)).forEach((view) => this.close(view));
    this.pages = [this.kept.get(wanted.route) || this.make(wanted)];
    this.show();
  }

  reLaunch(url) {
    const wanted = this.find(url);
    new Set([...this.pages, ...this.kept.values()]).forEach((view) => this.close(view));
    this.kept.clear();
    this.pages = [this.make(wanted)];
    this.show();
  }

  navigateBack(delta = 1) {
    if (this.pages.length < 2) throw new Error('cannot navigate back at first page.');
    const left = Math.max(1, this.pages.length - delta);
    this.pages.splice(left).reverse().forEach((view) => this.close(view));
    this.show();
  }

  find(url) {
    const wanted = parse(url, this.top?.route || '');
    if (!this.config.pages.includes(wanted.route)) throw new Error(`page "${wanted.route}" is not found`);
    return wanted;
  }

  isTab({ route }) {
    return this.tabs.includes(route);
  }

  make({ route, options }) {
    const element = document.createElement('div');
    element.className = 'wx-view';
    element.dataset.route = route;
    const place = document.createElement('div');
    element.append(place);
    document.getElementById('stack').append(element);
    const root = backend.createRoot('page', space, route);
    root.attach(element, place);
    const page = root.get();
    const view = { route, element, root, page, config: { ...this.config.window, ...this.files[`${route}.json`] } };
    Object.assign(page, { route, options });
    limitSetData(page);
    if (this.isTab(view)) this.kept.set(route, view);
    this.watch(view);
    view.fresh = true;
    return view;
  }

  watch(view) {
    const scroller = view.element.querySelector('page');
    let near = false;
    scroller.addEventListener('scroll', () => {
      const left = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
      if (left < NEAR_BOTTOM_PX && !near) view.page.onReachBottom?.();
      near = left < NEAR_BOTTOM_PX;
    });
    if (view.config.enablePullDownRefresh) view.pull = new Pull(view, scroller);
  }

  show() {
    const view = this.top;
    document.querySelectorAll('.wx-view').forEach((each) => {
      each.hidden = each !== view.element;
    });
    this.frame.draw(view, { deep: this.pages.length > 1, tab: this.isTab(view), first: this.config.pages[0] });
    const { fresh } = view;
    view.fresh = false;
    if (fresh) view.page.onLoad?.(view.page.options);
    // A page may have led elsewhere while it was loading.
    if (this.top !== view) return;
    view.page.onShow?.();
    if (fresh) view.page.onReady?.();
  }

  hide(view) {
    view?.page.onHide?.();
  }

  close(view) {
    view.page.onUnload?.();
    view.root.release();
    view.element.remove();
  }
}
