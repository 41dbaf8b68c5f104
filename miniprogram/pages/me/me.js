const { act, askColleague } = require('../../services/acts');
const api = require('../../services/api');
const { toEntrance, toOrders, trouble } = require('../../services/entrance');

const HERE = '/pages/me/me';

Page({
  data: { state: 'loading', trouble: null, me: null, busy: '' },

  onShow() {
    this.load();
  },

  onRetry() {
    this.setData({ state: 'loading' });
    this.load();
  },

  async load() {
    try {
      const me = await api.query('account.whoami');
      if (me.bound) this.setData({ state: 'ready', me: { ...me, face: me.name.slice(0, 1), of: me.customer ? me.customer.name : '同事' } });
      else toEntrance(HERE);
    } catch (error) {
      this.fail(error);
    }
  },

  fail(error) {
    const apology = trouble(error, HERE);
    if (!apology) return;
    if (this.data.me) wx.showToast({ title: apology.words, icon: 'none' });
    else this.setData({ state: 'trouble', trouble: apology });
  },

  onOrders() {
    toOrders();
  },

  onStatements() {
    wx.navigateTo({ url: '/pages/statements/statements' });
  },

  onInvoices() {
    wx.navigateTo({ url: '/pages/invoices/invoices' });
  },

  onAsk() {
    return act(this, 'ask', askColleague, (error) => this.fail(error));
  },

  onUnbind() {
    wx.showModal({
      title: '解除绑定',
      content: '解除后，这个微信不再看到订单，也收不到通知。以后可以重新绑定。',
      confirmText: '解除',
      cancelText: '先不了',
      success: ({ confirm }) => confirm && this.unbind(),
    });
  },

  unbind() {
    const work = async () => {
      await api.unbind();
      toEntrance();
    };
    return act(this, 'unbind', work, (error) => this.fail(error));
  },
});
