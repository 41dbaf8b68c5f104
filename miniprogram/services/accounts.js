// A customer's account: words for what moved it, and its months. Amounts stay text; the server has added them up.

const { day, money } = require('./format');

const KINDS = { invoice: '开票', red: '红冲', payment: '付款', written_off: '抹零', refund: '退款' };

const two = (number) => String(number).padStart(2, '0');

// The twelve months that end with this one, in Shanghai, where the company lives.
const year = (now) => {
  const here = new Date(now.getTime() + 8 * 3600 * 1000);
  const ends = here.getUTCFullYear() * 12 + here.getUTCMonth();
  return Array.from({ length: 12 }, (_, back) => ends - back).map((count) => `${Math.floor(count / 12)}-${two((count % 12) + 1)}`);
};

const lastDay = (month) => {
  const [y, m] = month.split('-').map(Number);
  return two(new Date(Date.UTC(y, m, 0)).getUTCDate());
};

const spanned = (span) => `${span[span.length - 1]}-01/${span[0]}-${lastDay(span[0])}`;

const monthText = (month) => {
  const [y, m] = month.split('-').map(Number);
  return `${y}年${m}月`;
};

// Months in which anything moved, the newest first, each with the balance it ended with.
const months = (statement, span) =>
  span
    .map((month) => ({ month, moved: statement.items.filter((each) => each.day.startsWith(month)) }))
    .filter(({ moved }) => moved.length)
    .map(({ month, moved }) => ({
      month,
      title: monthText(month),
      count: moved.length,
      closing: money(moved[moved.length - 1].balance),
    }));

const isBilled = ({ kind }) => kind === 'invoice' || kind === 'red';

const plain = (amount) => (amount.startsWith('-') ? amount.slice(1) : amount);

// What is owed grows with a plus and shrinks with a minus, as the reader's own bank would show it.
const movement = (each, place) => ({
  place,
  number: each.document.number,
  kind: KINDS[each.kind] || each.kind,
  billed: isBilled(each),
  invoice: isBilled(each) ? each.document.number : '',
  date: day(each.day),
  amount: `${each.amount.startsWith('-') ? '−' : '+'}${money(plain(each.amount))}`,
  balance: money(each.balance),
});

const invoice = (each) => ({
  number: each.number,
  state: each.state,
  stateText: each.state_text,
  kind: each.kind_text,
  order: each.order ? each.order.number : '',
  issued: day(each.issued_on),
  due: day(each.due_on),
  total: money(each.total),
  net: money(each.net),
  tax: money(each.tax),
  paid: money(each.paid),
  open: each.state === 'posted' || each.state === 'partially_paid' ? money(each.open) : '',
  eNumber: each.e_number || '',
  reverses: each.reverses ? each.reverses.number : '',
});

// Whether an amount says more than nothing.
const some = (amount) => Boolean(amount) && !amount.startsWith('-') && /[1-9]/.test(amount);

module.exports = { some, year, spanned, monthText, months, movement, invoice };
