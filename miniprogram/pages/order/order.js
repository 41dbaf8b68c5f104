const { act, askColleague } = require('../../services/acts');
const api = require('../../services/api');
const { toOrders, trouble } = require('../../services/entrance');
const { day, moment, money, quantity } = require('../../services/format');
const { offer, saying, timeline } = require('../../services/stages');

const line = (each) => ({
  code: each.product.code,
  name: each.product.name,
  quantity: `${quantity(each.quantity)} ${each.unit}`,
  price: each.price === undefined ? '' : `${money(each.price)} / ${each.base_unit}`,
  amount: money(each.amount),
});

const shipment = (each) => ({
  number: each.number,
  carrier: each.carrier,
  tracking: each.tracking_no,
  shippedAt: moment(each.shipped_at),
});

const shown = (order) => ({
  number: order.number,
  stage: order.stage,
  stageText: order.stage_text,
  saying: saying(order),
  percent: order.stage === 'in_production' ? order.percent : null,
  requested: day(order.requested_date),
  createdAt: moment(order.created_at),
  note: order.note || '',
  total: money(order.total),
  lines: order.lines.map(line),
  shipments: order.shipments.map(shipment),
  steps: timeline(order),
  offer: offer(order),
  receivable: order.stage === 'shipped',
});

Page({
  data: { state: 'loading', trouble: null, order: null, busy: '' },

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

  async load() {
    try {
      this.show(await api.query('order.status', { order: this.number }));
    } catch (error) {
      this.fail(error);
    }
  },

  show(order) {
    this.setData({ state: 'ready', order: shown(order) });
  },

  fail(error) {
    const apology = trouble(error, `/pages/order/order?no=${this.number}`);
    if (!apology) return;
    if (this.data.order) wx.showToast({ title: apology.words, icon: 'none' });
    else this.setData({ state: 'trouble', trouble: apology });
  },

  onCopy(event) {
    wx.setClipboardData({ data: event.currentTarget.dataset.tracking });
  },

  // WeChat lets this question through only inside the tap, so nothing may be awaited before it.
  onSubscribe() {
    wx.requestSubscribeMessage({
      tmplIds: this.data.order.offer.ids,
      success: (answer) => this.subscribed(answer),
      fail: () => wx.showToast({ title: '没能打开，请在右上角设置里允许订阅消息', icon: 'none' }),
    });
  },

  subscribed(answer) {
    const accepted = this.data.order.offer.ids.some((id) => answer[id] === 'accept');
    if (!accepted) {
      wx.showToast({ title: '好的，需要时再打开', icon: 'none' });
      return;
    }
    this.setData({ 'order.offer.left': this.data.order.offer.left + 1 });
    wx.showToast({ title: '发货时会通知您', icon: 'success' });
  },

  onReceive() {
    wx.showModal({
      title: '确认收货',
      content: `${this.number} 的货都收到了吗？`,
      confirmText: '都收到了',
      cancelText: '还没有',
      success: ({ confirm }) => confirm && this.receive(),
    });
  },

  receive() {
    const work = async () => {
      await api.command('order.receive', { order: this.number });
      await this.load();
      wx.showToast({ title: '已确认收货', icon: 'success' });
    };
    return act(this, 'receive', work, (error) => this.refused(error));
  },

  onAsk() {
    return act(this, 'ask', askColleague, (error) => this.fail(error));
  },

  // The order has moved on without this page; it is shown as it is now.
  async refused(error) {
    this.fail(error);
    if (error.kind === 'refused') await this.load();
  },
});
