// Whoever is not bound yet is led to the entrance and, once bound, back to where they wanted to go.

const HOME = '/pages/orders/orders';
const TITLES = { offline: '连不上网', busy: '请稍等一下', unavailable: '系统正忙' };
const TABS = [HOME, '/pages/me/me'];

const INSIDE = /^\/pages\/(order|statements?|invoices?)\//;

const toOrders = () => wx.switchTab({ url: HOME });

const toEntrance = (wanted = HOME) => wx.reLaunch({ url: `/pages/login/login?to=${encodeURIComponent(wanted)}` });

const enter = (wanted) => {
  const url = wanted ? decodeURIComponent(wanted) : HOME;
  if (TABS.includes(url)) wx.switchTab({ url });
  else wx.reLaunch({ url: INSIDE.test(url) ? url : HOME });
};

// What a page shows when it could not load; an unbound person sees the entrance instead.
const trouble = (error, wanted, what = '这张订单') => {
  if (error.kind === 'unbound') {
    toEntrance(wanted);
    return null;
  }
  if (error.facts.code === 'not_found') {
    return { kind: 'refused', title: `没有找到${what}`, words: '请核对单号，或到订单列表里看看', orders: true };
  }
  return { kind: error.kind, title: TITLES[error.kind] || '没能打开', words: error.message, orders: false };
};

module.exports = { toOrders, toEntrance, enter, trouble };
