// Figures and times as people read them. Decimals come as text and stay text: money is never a float.

const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ',');

const quantity = (value) => {
  const [whole, part] = String(value).split('.');
  const sign = whole.startsWith('-') ? '-' : '';
  return sign + grouped(whole.replace('-', '')) + (part ? `.${part}` : '');
};

const money = (value) => (value === undefined || value === null ? '' : `¥${quantity(value)}`);

// A unit price has two decimals at least.
const price = (value) => {
  const [whole, part = ''] = String(value).split('.');
  return money(`${whole}.${part.padEnd(2, '0')}`);
};

// The server's times are Shanghai's, as they stand.
const day = (value, year = new Date().getFullYear()) => {
  if (!value) return '';
  const [y, m, d] = value.slice(0, 10).split('-').map(Number);
  return y === year ? `${m}月${d}日` : `${y}年${m}月${d}日`;
};

const moment = (value, year) => (value ? `${day(value, year)} ${value.slice(11, 16)}` : '');

module.exports = { quantity, money, price, day, moment };
