const api = require('../../services/api');
const { trouble } = require('../../services/entrance');
const { months, some, spanned, year } = require('../../services/accounts');
const { money } = require('../../services/format');

const HERE = '/pages/statements/statements';

Page({
  data: { state: 'loading', trouble: null, owed: null, items: [] },

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

  onOpen(event) {
    wx.navigateTo({ url: `/pages/statement/statement?month=${event.currentTarget.dataset.month}` });
  },

  // A year in one answer: the months are cut from its running balance, so nothing is added up here.
  async load() {
    try {
      const span = year(new Date());
      const statement = await api.query('statement.get', { period: spanned(span) });
      const items = months(statement, span);
      const overdue = some(statement.overdue) ? money(statement.overdue) : '';
      this.setData({ state: items.length ? 'ready' : 'empty', owed: { closing: money(statement.closing), overdue }, items });
    } catch (error) {
      this.fail(error);
    }
  },

  fail(error) {
    const shown = trouble(error, HERE);
    if (!shown) return;
    if (this.data.items.length) wx.showToast({ title: shown.words, icon: 'none' });
    else this.setData({ state: 'trouble', trouble: shown });
  },
});
