const api = require('../../services/api');
const { trouble } = require('../../services/entrance');
const { day, money } = require('../../services/format');

const TABS = [
  { phase: '', text: '全部', empty: '还没有订单', words: '您下单以后，进度会显示在这里' },
  { phase: 'ongoing', text: '进行中', empty: '没有进行中的订单', words: '备货和生产中的订单会显示在这里' },
  { phase: 'to_receive', text: '待收货', empty: '没有待收货的订单', words: '已经发出、还没签收的订单会显示在这里' },
  { phase: 'finished', text: '已完成', empty: '还没有完成的订单', words: '您确认收货以后，订单会移到这里' },
];

const row = (order) => ({
  number: order.number,
  stage: order.stage,
  stageText: order.stage_text,
  percent: order.stage === 'in_production' ? order.percent : null,
  summary: order.summary,
  date: day(order.created_at),
  total: money(order.total),
});

// Fresh rows on top of those from further down, so that whoever comes back finds their place again.
const merged = (fresh, items) => fresh.concat(items.filter((old) => !fresh.some((each) => each.number === old.number)));

Page({
  data: { tabs: TABS, tab: TABS[0], state: 'loading', trouble: null, items: [], next: null, more: '' },

  onShow() {
    this.load({ keep: this.further });
  },

  onPullDownRefresh() {
    this.load().then(() => wx.stopPullDownRefresh());
  },

  onReachBottom() {
    this.loadMore();
  },

  onTab(event) {
    const tab = TABS.find((each) => each.phase === event.currentTarget.dataset.phase);
    if (tab.phase === this.data.tab.phase) return;
    this.further = false;
    this.setData({ tab, state: 'loading', items: [], next: null, more: '' });
    this.load();
  },

  onRetry() {
    this.setData({ state: 'loading' });
    this.load();
  },

  onMore() {
    this.loadMore();
  },

  onOpen(event) {
    wx.navigateTo({ url: `/pages/order/order?no=${event.currentTarget.dataset.number}` });
  },

  // The first page anew. What an earlier tab or pull still brings is out of date by then.
  async load({ keep = false } = {}) {
    const asked = this.begin();
    try {
      const page = await this.fetch();
      if (this.asked !== asked) return;
      const fresh = page.items.map(row);
      if (keep) this.setData({ items: merged(fresh, this.data.items), more: '' });
      else this.setData({ state: fresh.length ? 'ready' : 'empty', items: fresh, next: page.next, more: '' });
      this.further = keep;
    } catch (error) {
      if (this.asked === asked) this.fail(error);
    }
  },

  async loadMore() {
    if (!this.data.next || this.data.more === 'loading' || this.data.state !== 'ready') return;
    const asked = this.begin();
    this.setData({ more: 'loading' });
    try {
      const page = await this.fetch(this.data.next);
      if (this.asked !== asked) return;
      this.setData({ items: this.data.items.concat(page.items.map(row)), next: page.next, more: '' });
      this.further = true;
    } catch (error) {
      if (this.asked === asked) this.setData({ more: 'failed' });
    }
  },

  begin() {
    this.asked = (this.asked || 0) + 1;
    return this.asked;
  },

  fetch(cursor) {
    return api.query('order.list', { phase: this.data.tab.phase, cursor });
  },

  // Orders already on the screen are better than an apology.
  fail(error) {
    const shown = trouble(error);
    if (!shown) return;
    if (this.data.items.length) wx.showToast({ title: shown.words, icon: 'none' });
    else this.setData({ state: 'trouble', trouble: shown });
  },
});
