const { act } = require('../../services/acts');
const api = require('../../services/api');
const { invoice } = require('../../services/accounts');
const { toOrders, trouble } = require('../../services/entrance');
const { money, price, quantity } = require('../../services/format');

const line = (each, place) => ({
  place,
  code: each.product.code,
  name: each.product.name,
  quantity: `${quantity(each.quantity)} ${each.unit}`,
  price: `${price(each.price)} / ${each.unit}`,
  amount: money(each.amount),
});

Page({
  data: { state: 'loading', trouble: null, invoice: null, busy: '' },

  onLoad(options) {
    this.number = decodeURIComponent(options.no || '');
  },

  onShow() {
    this.load();
  },

  onPullDownRefresh() {
    this.load().then(() => wx.stopPullDownRefresh());
  },

  onRetry() {
    this.setData({ state: 'loading' });
    this.load();
  },

  onOrders() {
    toOrders();
  },

  onOrder() {
    const { order } = this.data.invoice;
    if (order) wx.navigateTo({ url: `/pages/order/order?no=${order}` });
  },

  onCopy() {
    wx.setClipboardData({ data: this.data.invoice.eNumber });
  },

  onLink() {
    const work = async () => {
      const { url } = await api.command('page.invoice', { invoice: this.number });
      wx.setClipboardData({ data: url });
    };
    return act(this, 'link', work, (error) => this.fail(error));
  },

  async load() {
    try {
      const found = await api.query('invoice.detail', { invoice: this.number });
      this.setData({ state: 'ready', invoice: { ...invoice(found), lines: found.lines.map(line) } });
    } catch (error) {
      this.fail(error);
    }
  },

  fail(error) {
    const apology = trouble(error, `/pages/invoice/invoice?no=${this.number}`, '这张发票');
    if (!apology) return;
    if (this.data.invoice) wx.showToast({ title: apology.words, icon: 'none' });
    else this.setData({ state: 'trouble', trouble: apology });
  },
});
