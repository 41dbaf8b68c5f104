// What the pages do with what they are told: tabs, paging, errors, receipts, subscriptions, binding.

const test = require('node:test');
const assert = require('node:assert/strict');
const { setImmediate: settled } = require('node:timers/promises');
const { Phone, answer } = require('./phone');

const row = (number, stage = 'confirmed') => ({
  number, stage, stage_text: stage, summary: `${number} 的货`, created_at: '2026-11-20T14:30:00+08:00', total: '100.00',
});
const detail = (stage, more = {}) => ({ ...row('SO0001', stage), confirmed_at: null, lines: [], shipments: [], ...more });
const list = (items, next = null) => answer({ items, next, total: items.length });

test('the list shows the first page and goes on by the cursor', async () => {
  const phone = new Phone(({ query }) => (query.cursor ? list([row('SO0001')]) : list([row('SO0002')], 'c1')));
  const page = phone.open('orders/orders');
  await page.load();
  await page.loadMore();
  assert.deepEqual(page.data.items.map((each) => each.number), ['SO0002', 'SO0001']);
  assert.deepEqual(phone.sent('/api/order/list').map((request) => request.query), [{}, { cursor: 'c1' }]);
  await page.loadMore();
  assert.equal(phone.sent('/api/order/list').length, 2);
});

test('who comes back to a long list finds their place, with what is new on top', async () => {
  let first = [row('SO0002')];
  const phone = new Phone(({ query }) => (query.cursor ? list([row('SO0001')], 'c2') : list(first, 'c1')));
  const page = phone.open('orders/orders');
  await page.load();
  await page.loadMore();
  first = [row('SO0003'), row('SO0002', 'shipped')];
  page.onShow();
  await settled();
  assert.deepEqual(page.data.items.map((each) => `${each.number} ${each.stage}`), ['SO0003 confirmed', 'SO0002 shipped', 'SO0001 confirmed']);
  assert.equal(page.data.next, 'c2');
  await page.load();
  assert.deepEqual(page.data.items.map((each) => each.number), ['SO0003', 'SO0002']);
});

test('a tab asks for its phase, and what an earlier tab brings late is dropped', async () => {
  let late;
  const phone = new Phone(({ query }) => {
    if (query.phase) return list([row('SO0009', 'shipped')]);
    return new Promise((resolve) => {
      late = () => resolve(list([row('SO0001')]));
    });
  });
  const page = phone.open('orders/orders');
  const first = page.load();
  await settled();
  page.onTab({ currentTarget: { dataset: { phase: 'to_receive' } } });
  await settled();
  late();
  await first;
  assert.deepEqual(page.data.items.map((each) => each.number), ['SO0009']);
  assert.equal(phone.sent('/api/order/list')[1].query.phase, 'to_receive');
});

test('no orders, no network, and orders that stay on the screen when a refresh fails', async () => {
  let said = list([]);
  const phone = new Phone(() => said);
  const page = phone.open('orders/orders');
  await page.load();
  assert.equal(page.data.state, 'empty');
  said = null;
  await page.load();
  assert.equal(page.data.state, 'trouble');
  assert.equal(page.data.trouble.kind, 'offline');
  said = list([row('SO0001')]);
  await page.load();
  said = answer({}, 503);
  await page.load();
  assert.equal(page.data.state, 'ready');
  assert.equal(phone.toasts.length, 1);
});

test('a page of the list that fails can be asked for again', async () => {
  let up = true;
  const phone = new Phone(() => (up ? list([row('SO0001')], 'c1') : null));
  const page = phone.open('orders/orders');
  await page.load();
  up = false;
  await page.loadMore();
  assert.equal(page.data.more, 'failed');
  up = true;
  await page.loadMore();
  assert.equal(page.data.items.length, 2);
});

test('who is not bound is led to the entrance and back to the order they came for', async () => {
  const phone = new Phone(() => answer({}), { bound: false });
  const page = phone.open('order/order', { no: 'SO0001' });
  await page.load();
  assert.deepEqual(phone.went, [`relaunch /pages/login/login?to=${encodeURIComponent('/pages/order/order?no=SO0001')}`]);
  phone.bound = true;
  phone.open('login/login', { to: encodeURIComponent('/pages/order/order?no=SO0001') });
  await settled();
  assert.equal(phone.went.at(-1), 'relaunch /pages/order/order?no=SO0001');
});

test('an entrance address leads nowhere but to the pages there are', async () => {
  const phone = new Phone(() => answer({}));
  phone.open('login/login', { to: encodeURIComponent('/pages/login/login?to=x') });
  await settled();
  assert.equal(phone.went.at(-1), 'relaunch /pages/orders/orders');
});

test('a receipt is asked for once, sent once however often it is tapped, and then shown', async () => {
  let stage = 'shipped';
  const phone = new Phone(({ method }) => {
    if (method === 'POST') stage = 'delivered';
    return answer(detail(stage));
  });
  const page = phone.open('order/order', { no: 'SO0001' });
  await page.load();
  assert.equal(page.data.order.receivable, true);
  page.onReceive();
  phone.modals[0].success({ confirm: false });
  assert.equal(phone.sent('/api/order/receive').length, 0);
  await Promise.all([page.receive(), page.receive()]);
  assert.equal(phone.sent('/api/order/receive').length, 1);
  assert.deepEqual(phone.sent('/api/order/receive')[0].data, { order: 'SO0001' });
  assert.equal(page.data.order.stage, 'delivered');
  assert.equal(page.data.busy, '');
});

test('a receipt that the server refuses says why and shows the order as it is', async () => {
  const phone = new Phone(({ method }) =>
    method === 'POST' ? answer({ code: 'wrong_state', message: '这张订单已签收' }, 409) : answer(detail('delivered')),
  );
  const page = phone.open('order/order', { no: 'SO0001' });
  await page.load();
  await page.receive();
  assert.deepEqual(phone.toasts, ['这张订单已签收']);
  assert.equal(page.data.order.stage, 'delivered');
});

test('the subscription question is put before anything is awaited, and an accept is counted', async () => {
  const notices = [{ kind: 'order.shipped', template_id: 'T1', left: 0 }];
  const phone = new Phone(() => answer(detail('in_production', { percent: 65, notices })));
  const page = phone.open('order/order', { no: 'SO0001' });
  await page.load();
  page.onSubscribe();
  assert.deepEqual(phone.asked.tmplIds, ['T1']);
  phone.asked.success({ T1: 'reject' });
  assert.equal(page.data.order.offer.left, 0);
  phone.asked.success({ T1: 'accept' });
  assert.equal(page.data.order.offer.left, 1);
});

test('an order that is not theirs offers the way back to their own', async () => {
  const phone = new Phone(() => answer({ code: 'not_found', message: '没有找到' }, 404));
  const page = phone.open('order/order', { no: 'SO9999' });
  await page.load();
  assert.equal(page.data.trouble.orders, true);
  page.onOrders();
  assert.equal(phone.went.at(-1), 'tab /pages/orders/orders');
});

test('a tracking number is copied as it is', async () => {
  const shipments = [{ number: 'DN1', carrier: '德邦', tracking_no: 'DPK99', shipped_at: '2026-11-20T14:30:00+08:00' }];
  const phone = new Phone(() => answer(detail('shipped', { shipments })));
  const page = phone.open('order/order', { no: 'SO0001' });
  await page.load();
  page.onCopy({ currentTarget: { dataset: { tracking: page.data.order.shipments[0].tracking } } });
  assert.equal(phone.copied, 'DPK99');
});

test('a phone number nobody knows leads to the code, and a wrong code says how many tries are left', async () => {
  const phone = new Phone(() => answer({ bound: false, tries_left: 4 }), { bound: false });
  const page = phone.open('login/login');
  await settled();
  await page.onPhone({ detail: { code: 'p1' } });
  assert.equal(page.data.byCode, true);
  assert.equal(page.onCode({ detail: { value: '48 29-13x7' } }), '482913');
  assert.equal(page.data.complete, true);
  await page.onBind();
  assert.match(page.data.hint, /还可以试 4 次/);
  assert.deepEqual(phone.went, []);
});

test('a refused phone question is no dead end', async () => {
  const phone = new Phone(() => answer({}), { bound: false });
  const page = phone.open('login/login');
  await settled();
  await page.onPhone({ detail: { errMsg: 'getPhoneNumber:fail user deny' } });
  assert.match(page.data.hint, /绑定码/);
  assert.equal(phone.logins, 1);
});

test('unbinding is confirmed first and ends at the entrance', async () => {
  const phone = new Phone(() => answer({ bound: true, name: '周经理', number: 'C001', customer: { number: 'CU0001', name: '宏达建材' } }));
  const page = phone.open('me/me');
  await page.load();
  page.onUnbind();
  phone.modals[0].success({ confirm: false });
  assert.equal(phone.sent('/api/account/unbind').length, 0);
  await page.unbind();
  assert.equal(phone.storage.session.bound, false);
  assert.deepEqual(phone.went, [`relaunch /pages/login/login?to=${encodeURIComponent('/pages/orders/orders')}`]);
});
