// Signing in, tokens, keys of commands, and what each failure is called.

const test = require('node:test');
const assert = require('node:assert/strict');
const { Phone, answer } = require('./phone');

const fails = (work, kind) => assert.rejects(work, (error) => error.kind === kind && error.message.length > 0);

test('requests that begin together share one login', async () => {
  const phone = new Phone(() => answer({ items: [] }));
  const api = phone.service('api');
  await Promise.all([api.query('order.list'), api.query('account.whoami'), api.session()]);
  assert.equal(phone.logins, 1);
  assert.deepEqual(new Set(phone.requests.slice(1).map((request) => request.header.Authorization)), new Set(['Bearer token-1']));
});

test('a token that is still good is used again, one that is over is not', async () => {
  const phone = new Phone(() => answer({}));
  const api = phone.service('api');
  await api.query('order.list');
  await api.query('order.list');
  assert.equal(phone.logins, 1);
  phone.storage.session.until = Date.now() - 1;
  await api.query('order.list');
  assert.equal(phone.logins, 2);
});

test('an expired session signs in again and sends the command under the same key', async () => {
  const phone = new Phone(({ header }) =>
    header.Authorization === 'Bearer token-1' ? answer({ code: 'unauthorized' }, 401) : answer({ number: 'SO0001' }),
  );
  const api = phone.service('api');
  assert.deepEqual(await api.command('order.receive', { order: 'SO0001' }), { number: 'SO0001' });
  const keys = phone.sent('/api/order/receive').map((request) => request.header['Idempotency-Key']);
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
});

test('a session that stays refused ends in an apology, not in a loop', async () => {
  const phone = new Phone(() => answer({ code: 'unauthorized' }, 401));
  await fails(phone.service('api').query('order.list'), 'expired');
  assert.equal(phone.logins, 2);
});

test('a command pressed again after the network went keeps its key, and after its answer gets a new one', async () => {
  let up = false;
  const phone = new Phone(() => (up ? answer({}) : null));
  const api = phone.service('api');
  await fails(api.command('order.receive', { order: 'SO0001' }), 'offline');
  up = true;
  await api.command('order.receive', { order: 'SO0001' });
  await api.command('order.receive', { order: 'SO0001' });
  const [first, again, later] = phone.sent('/api/order/receive').map((request) => request.header['Idempotency-Key']);
  assert.equal(first, again);
  assert.notEqual(again, later);
});

test('other inputs are another command with a key of its own', async () => {
  const phone = new Phone(() => null);
  const api = phone.service('api');
  await fails(api.command('order.receive', { order: 'SO0001' }), 'offline');
  await fails(api.command('order.receive', { order: 'SO0002' }), 'offline');
  const keys = phone.sent('/api/order/receive').map((request) => request.header['Idempotency-Key']);
  assert.notEqual(keys[0], keys[1]);
});

test('a refused command is answered: the next one is new', async () => {
  const phone = new Phone(() => answer({ code: 'wrong_state', message: '还没有发货' }, 409));
  const api = phone.service('api');
  await assert.rejects(api.command('order.receive', { order: 'SO0001' }), /还没有发货/);
  assert.deepEqual(phone.storage.keys, {});
});

test('each failure has a name', async () => {
  const expected = [
    [429, { code: 'too_many' }, 'busy'],
    [503, { code: 'unavailable' }, 'unavailable'],
    [502, '<html>', 'unavailable'],
    [422, { code: 'invalid_input', message: '不对' }, 'refused'],
    [404, { code: 'not_found', message: '没有' }, 'refused'],
  ];
  for (const [status, body, kind] of expected) {
    await fails(new Phone(() => answer(body, status)).service('api').query('order.list'), kind);
  }
  await fails(new Phone(() => null).service('api').query('order.list'), 'offline');
});

test('nobody who is not bound asks for orders, but anybody asks who they are', async () => {
  const phone = new Phone(() => answer({ bound: false }), { bound: false });
  const api = phone.service('api');
  await fails(api.query('order.list'), 'unbound');
  assert.equal(phone.sent('/api/order/list').length, 0);
  assert.deepEqual(await api.query('account.whoami'), { bound: false });
});

test('who was unbound elsewhere is found out by a new login', async () => {
  const phone = new Phone(() => answer({ code: 'no_right', message: '没有权限' }, 403));
  const api = phone.service('api');
  await api.session();
  phone.bound = false;
  await fails(api.query('order.list'), 'unbound');
  assert.equal(phone.storage.session.bound, false);
});

test('the phone button code goes with a fresh login code', async () => {
  const phone = new Phone(() => answer({}), { bound: false });
  const api = phone.service('api');
  await api.session();
  phone.bound = true;
  assert.equal((await api.bindByPhone('phone-code')).bound, true);
  assert.deepEqual(phone.requests[1].data, { code: 'code-2', phone_code: 'phone-code' });
});

test('inputs that say nothing are not sent', async () => {
  const phone = new Phone(() => answer({ items: [] }));
  await phone.service('api').query('order.list', { phase: '', cursor: undefined, state: '已 确认' });
  assert.deepEqual(phone.sent('/api/order/list')[0].query, { state: '已 确认' });
});
