// Figures, times, and the words for where an order is.

const test = require('node:test');
const assert = require('node:assert/strict');
const { day, moment, money, quantity } = require('../../miniprogram/services/format');
const { offer, saying, timeline } = require('../../miniprogram/services/stages');

const AT = '2026-11-20T14:30:00+08:00';

const order = (stage, more = {}) => ({ stage, created_at: AT, confirmed_at: AT, shipments: [], ...more });
const states = (stage, more) => timeline(order(stage, more)).map((step) => `${step.title} ${step.state}`);

test('money and quantities are grouped as text, never as floats', () => {
  assert.equal(money('12860.50'), '¥12,860.50');
  assert.equal(money('99999999999999999.99'), '¥99,999,999,999,999,999.99');
  assert.equal(money('-1234.00'), '¥-1,234.00');
  assert.equal(money(undefined), '');
  assert.equal(quantity('1000'), '1,000');
  assert.equal(quantity('0.125'), '0.125');
});

test('a date names its year only if it is another', () => {
  assert.equal(day(AT, 2026), '11月20日');
  assert.equal(day('2025-01-02', 2026), '2025年1月2日');
  assert.equal(moment(AT, 2026), '11月20日 14:30');
  assert.equal(day(undefined), '');
});

test('each stage marks how far the order is', () => {
  const sent = { shipments: [{ shipped_at: AT, carrier: '德邦' }] };
  assert.deepEqual(states('draft'), ['已下单 done', '确认订单 now', '备货 todo', '发货 todo', '签收 todo']);
  assert.deepEqual(states('in_production', { percent: 65 }), ['已下单 done', '已确认 done', '生产中 now', '发货 todo', '签收 todo']);
  assert.deepEqual(states('ready'), ['已下单 done', '已确认 done', '备货完成 done', '发货 now', '签收 todo']);
  assert.deepEqual(states('partly_shipped', sent), ['已下单 done', '已确认 done', '备货完成 done', '部分发货 now', '签收 todo']);
  assert.deepEqual(states('shipped', sent), ['已下单 done', '已确认 done', '备货完成 done', '已发货 done', '签收 now']);
  assert.deepEqual(states('delivered', { ...sent, received_at: AT }).at(-1), '已签收 done');
  assert.deepEqual(states('cancelled'), ['已下单 done', '已取消 off']);
});

test('production says its per cent, every other stage its sentence', () => {
  assert.equal(saying({ stage: 'in_production', percent: 0 }), '正在生产，已完成约 0%');
  const stages = ['draft', 'on_hold', 'confirmed', 'ready', 'partly_shipped', 'shipped', 'delivered', 'cancelled'];
  assert.equal(new Set(stages.map((stage) => saying({ stage }))).size, stages.length);
});

test('notices are offered before the goods leave and after they came, if there is a template', () => {
  const notices = [{ kind: 'order.shipped', template_id: 'T1', left: 2 }];
  assert.deepEqual(offer({ stage: 'in_production', notices }), { awaited: true, left: 2, ids: ['T1'] });
  assert.deepEqual(offer({ stage: 'delivered', notices }), { awaited: false, left: 2, ids: ['T1'] });
  assert.equal(offer({ stage: 'shipped', notices }), null);
  assert.equal(offer({ stage: 'in_production', notices: [] }), null);
  assert.equal(offer({ stage: 'in_production' }), null);
});
