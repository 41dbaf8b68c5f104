const { act } = require('../../services/acts');
const api = require('../../services/api');
const { trouble } = require('../../services/entrance');
const { monthText, movement, some } = require('../../services/accounts');
const { money } = require('../../services/format');

const shown = (statement, month) => ({
  title: monthText(month),
  customer: statement.customer.name,
  opening: money(statement.opening),
  invoiced: money(statement.invoiced),
  received: money(statement.received),
  closing: money(statement.closing),
  overdue: some(statement.overdue) ? money(statement.overdue) : '',
  items: statement.items.map(movement),
});

Page({
  data: { state: 'loading', trouble: null, statement: null, busy: '' },

  onLoad(options) {
    this.month = decodeURIComponent(options.month || '');
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

  onOpen(event) {
    const { invoice } = event.currentTarget.dataset;
    if (invoice) wx.navigateTo({ url: `/pages/invoice/invoice?no=${invoice}` });
  },

  // A page on the web, for whoever keeps the books and has no mini-program.
  onLink() {
    const work = async () => {
      const { url } = await api.command('page.statement', { period: this.month });
      wx.setClipboardData({ data: url });
    };
    return act(this, 'link', work, (error) => this.fail(error));
  },

  async load() {
    try {
      const statement = await api.query('statement.get', { period: this.month });
      this.setData({ state: 'ready', statement: shown(statement, this.month) });
    } catch (error) {
      this.fail(error);
    }
  },

  fail(error) {
    const apology = trouble(error, `/pages/statement/statement?month=${this.month}`, '这个月的对账单');
    if (!apology) return;
    if (this.data.statement) wx.showToast({ title: apology.words, icon: 'none' });
    else this.setData({ state: 'trouble', trouble: apology });
  },
});
