const api = require('../../services/api');
const { invoice } = require('../../services/accounts');
const { trouble } = require('../../services/entrance');

Page({
  data: { state: 'loading', trouble: null, total: 0, items: [], next: null, more: '' },

  onLoad() {
    this.load();
  },

  onPullDownRefresh() {
    this.load().then(() => wx.stopPullDownRefresh());
  },

  onReachBottom() {
    this.loadMore();
  },

  onRetry() {
    this.setData({ state: 'loading' });
    this.load();
  },

  onMore() {
    this.loadMore();
  },

  onOpen(event) {
    wx.navigateTo({ url: `/pages/invoice/invoice?no=${event.currentTarget.dataset.number}` });
  },

  async load() {
    try {
      const page = await api.query('invoice.query');
      const items = page.items.map(invoice);
      this.setData({ state: items.length ? 'ready' : 'empty', total: page.total, items, next: page.next, more: '' });
    } catch (error) {
      this.fail(error);
    }
  },

  async loadMore() {
    const { next, more, state } = this.data;
    if (!next || more === 'loading' || state !== 'ready') return;
    this.setData({ more: 'loading' });
    try {
      const page = await api.query('invoice.query', { cursor: next });
      // Pulled down meanwhile: what this brings no longer follows what is shown.
      if (this.data.next !== next) return;
      this.setData({ items: this.data.items.concat(page.items.map(invoice)), next: page.next, more: '' });
    } catch (error) {
      this.setData({ more: 'failed' });
    }
  },

  fail(error) {
    const shown = trouble(error, '/pages/invoices/invoices');
    if (!shown) return;
    if (this.data.items.length) wx.showToast({ title: shown.words, icon: 'none' });
    else this.setData({ state: 'trouble', trouble: shown });
  },
});
