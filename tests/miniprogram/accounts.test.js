// Statements and invoices: months out of a running balance, signs, states, links, and what can go wrong.

const test = require('node:test');
const assert = require('node:assert/strict');
const { setImmediate: settled } = require('node:timers/promises');
const { months, movement, some, spanned, year } = require('../../miniprogram/services/accounts');
const { Phone, answer } = require('./phone');

const moved = (day, kind, amount, balance) => ({ day, kind, amount, balance, document: kind === 'invoice' ? { number: 'IV0001', name: '发票' } : { number: 'RC0001', name: '收款单' } });
const statement = (items, more = {}) => ({
  customer: { name: '宏达建材' }, period: '2026-11', opening: '0.00', invoiced: '100.00', received: '0.00', closing: '100.00', items, ...more,
});
const bill = (number, more = {}) => ({
  number, kind: 'ordinary', kind_text: '普票', state: 'posted', state_text: '已开票', total: '113.00', net: '100.00', tax: '13.00', paid: '0.00',
  open: '113.00', issued_on: '2026-11-20', due_on: '2026-12-20', lines: [], ...more,
});

test('a year ends with the month it is in Shanghai', () => {
  const span = year(new Date('2026-12-31T17:00:00Z'));
  assert.deepEqual([span[0], span[11], span.length], ['2027-01', '2026-02', 12]);
  assert.equal(spanned(year(new Date('2024-02-10T00:00:00Z'))), '2023-03-01/2024-02-29');
});

test('months show the balance they ended with, and only where something moved', () => {
  const items = [moved('2026-09-01', 'invoice', '5.00', '5.00'), moved('2026-11-02', 'invoice', '9.00', '14.00'), moved('2026-11-03', 'payment', '-14.00', '0.00')];
  assert.deepEqual(months(statement(items), ['2026-11', '2026-10', '2026-09']), [
    { month: '2026-11', title: '2026年11月', count: 2, closing: '¥0.00' },
    { month: '2026-09', title: '2026年9月', count: 1, closing: '¥5.00' },
  ]);
});

test('what is owed grows with a plus and shrinks with a minus', () => {
  assert.equal(movement(moved('2026-11-02', 'invoice', '1234.50', '1234.50')).amount, '+¥1,234.50');
  assert.equal(movement(moved('2026-11-02', 'payment', '-1234.50', '0.00')).amount, '−¥1,234.50');
  assert.equal(movement(moved('2026-11-02', 'payment', '-1.00', '0.00')).invoice, '');
  assert.deepEqual(['0.00', '-3.00', '0.01', undefined].map(some), [false, false, true, false]);
});

test('statements are a year in one request, and a month opens', async () => {
  const month = year(new Date())[0];
  const phone = new Phone(() => answer(statement([moved(`${month}-01`, 'invoice', '100.00', '100.00')], { overdue: '40.00' })));
  const page = phone.open('statements/statements');
  await page.load();
  assert.equal(phone.sent('/api/statement/get')[0].query.period, spanned(year(new Date())));
  assert.deepEqual(page.data.owed, { closing: '¥100.00', overdue: '¥40.00' });
  page.onOpen({ currentTarget: { dataset: { month } } });
  assert.deepEqual(phone.went, [`to /pages/statement/statement?month=${month}`]);
});

test('no account yet, no network, and an account that stays when a refresh fails', async () => {
  let said = answer(statement([]));
  const phone = new Phone(() => said);
  const page = phone.open('statements/statements');
  await page.load();
  assert.equal(page.data.state, 'empty');
  said = null;
  await page.load();
  assert.equal(page.data.trouble.kind, 'offline');
  said = answer(statement([moved(`${year(new Date())[0]}-01`, 'invoice', '1.00', '1.00')]));
  await page.load();
  said = answer({}, 503);
  await page.load();
  assert.deepEqual([page.data.state, phone.toasts.length], ['ready', 1]);
});

test('a statement leads to its invoices and copies its page once however often it is tapped', async () => {
  const phone = new Phone(({ method }) =>
    answer(method === 'POST' ? { url: 'https://chat.example.com/p/x' } : statement([moved('2026-11-02', 'invoice', '1.00', '1.00'), moved('2026-11-03', 'payment', '-1.00', '0.00')])),
  );
  const page = phone.open('statement/statement', { month: '2026-11' });
  await page.load();
  assert.equal(phone.sent('/api/statement/get')[0].query.period, '2026-11');
  page.data.statement.items.forEach(({ invoice }) => page.onOpen({ currentTarget: { dataset: { invoice } } }));
  assert.deepEqual(phone.went, ['to /pages/invoice/invoice?no=IV0001']);
  await Promise.all([page.onLink(), page.onLink()]);
  assert.deepEqual(phone.sent('/api/page/statement').map((each) => each.data), [{ period: '2026-11' }]);
  assert.equal(phone.copied, 'https://chat.example.com/p/x');
});

test('a link that cannot be made says why and leaves the page as it is', async () => {
  const phone = new Phone(({ method }) => (method === 'POST' ? answer({ code: 'no_public_address', message: '还不能生成链接' }, 422) : answer(bill('IV0001'))));
  const page = phone.open('invoice/invoice', { no: 'IV0001' });
  await page.load();
  await page.onLink();
  assert.deepEqual(phone.toasts, ['还不能生成链接']);
  assert.deepEqual([page.data.state, page.data.busy, phone.copied], ['ready', '', null]);
});

test('invoices go on by the cursor and can be tried again', async () => {
  let up = true;
  const phone = new Phone(({ query }) => {
    if (!up) return null;
    return answer(query.cursor ? { items: [bill('IV0001')], next: null, total: 2 } : { items: [bill('IV0002')], next: 'c1', total: 2 });
  });
  const page = phone.open('invoices/invoices');
  await settled();
  await settled();
  up = false;
  await page.loadMore();
  assert.equal(page.data.more, 'failed');
  up = true;
  await page.loadMore();
  assert.deepEqual(page.data.items.map((each) => each.number), ['IV0002', 'IV0001']);
  await page.loadMore();
  assert.equal(phone.sent('/api/invoice/query').length, 3);
});

test('no invoices yet are said to be none', async () => {
  const page = new Phone(() => answer({ items: [], next: null, total: 0 })).open('invoices/invoices');
  await page.load();
  assert.equal(page.data.state, 'empty');
});

test('an invoice shows what is open until it is paid or taken back', async () => {
  let state = 'partially_paid';
  const lines = [{ product: { code: 'M8X30', name: '螺栓' }, quantity: '5000', unit: '个', price: '0.4', amount: '2250.00', tax: '258.85' }];
  const phone = new Phone(() => answer(bill('IV0001', { state, order: { number: 'SO0312', name: '销售订单' }, e_number: '25312000000012345678', lines })));
  const page = phone.open('invoice/invoice', { no: 'IV0001' });
  await page.load();
  assert.equal(page.data.invoice.open, '¥113.00');
  assert.deepEqual(page.data.invoice.lines[0], { place: 0, code: 'M8X30', name: '螺栓', quantity: '5,000 个', price: '¥0.40 / 个', amount: '¥2,250.00' });
  page.onOrder();
  page.onCopy();
  assert.deepEqual([phone.went, phone.copied], [['to /pages/order/order?no=SO0312'], '25312000000012345678']);
  for (state of ['paid', 'reversed']) {
    await page.load();
    assert.equal(page.data.invoice.open, '');
  }
});

test('an invoice that is not theirs reads as none', async () => {
  const phone = new Phone(() => answer({ code: 'not_found', message: '没有找到' }, 404));
  const page = phone.open('invoice/invoice', { no: 'IV9999' });
  await page.load();
  assert.equal(page.data.trouble.title, '没有找到这张发票');
});

test('who is not bound is led to the entrance and back to the account they came for', async () => {
  const phone = new Phone(() => answer({}), { bound: false });
  await phone.open('statement/statement', { month: '2026-11' }).load();
  const wanted = '/pages/statement/statement?month=2026-11';
  assert.deepEqual(phone.went, [`relaunch /pages/login/login?to=${encodeURIComponent(wanted)}`]);
  phone.bound = true;
  phone.open('login/login', { to: encodeURIComponent(wanted) });
  await settled();
  assert.equal(phone.went.at(-1), `relaunch ${wanted}`);
});

test('the page about oneself leads to statements and invoices', () => {
  const phone = new Phone(() => answer({ bound: true, name: '周经理' }));
  const page = phone.open('me/me');
  page.onStatements();
  page.onInvoices();
  assert.deepEqual(phone.went, ['to /pages/statements/statements', 'to /pages/invoices/invoices']);
});
