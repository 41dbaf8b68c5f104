// An order as its customer follows it: the words for its stage, and the steps it goes through.

const { moment } = require('./format');

const SAYINGS = {
  draft: '已收到您的订单，业务员确认后就开始备货',
  on_hold: '订单正在审核，有结果会告诉您',
  confirmed: '订单已确认，正在安排备货',
  ready: '货已备好，等待发出',
  partly_shipped: '一部分已经发出，其余正在备货',
  shipped: '货已发出，收到后请确认',
  delivered: '您已确认收货，谢谢',
  cancelled: '这张订单已取消',
};

const saying = ({ stage, percent }) => (stage === 'in_production' ? `正在生产，已完成约 ${percent}%` : SAYINGS[stage] || '');

const MADE = ['ready', 'partly_shipped', 'shipped', 'delivered'];
const AWAITED = ['confirmed', 'in_production', 'ready', 'partly_shipped'];

const step = (title, state, ...notes) => ({ title, state, notes: notes.filter(Boolean) });

const confirming = ({ stage, confirmed_at: at }) => {
  if (stage === 'draft') return step('确认订单', 'now', '业务员正在确认');
  if (stage === 'on_hold') return step('确认订单', 'now', '正在审核');
  return step('已确认', 'done', moment(at));
};

const making = ({ stage, percent }) => {
  if (MADE.includes(stage)) return step('备货完成', 'done');
  if (stage === 'in_production') return { ...step('生产中', 'now'), percent };
  if (stage === 'confirmed') return step('备货', 'now', '正在安排');
  return step('备货', 'todo');
};

const shipping = ({ stage, shipments }) => {
  const notes = shipments.map((each) => `${moment(each.shipped_at)} ${each.carrier}`.trim());
  if (stage === 'partly_shipped') return step('部分发货', 'now', ...notes);
  if (shipments.length) return step('已发货', 'done', ...notes);
  return step('发货', stage === 'ready' ? 'now' : 'todo', stage === 'ready' && '等待发出');
};

const receiving = ({ stage, received_at: at }) => {
  if (stage === 'delivered') return step('已签收', 'done', moment(at));
  return stage === 'shipped' ? step('签收', 'now', '收到后请在下面确认') : step('签收', 'todo');
};

const timeline = (order) => {
  const placed = step('已下单', 'done', moment(order.created_at));
  if (order.stage === 'cancelled') return [placed, step('已取消', 'off')];
  return [placed, confirming(order), making(order), shipping(order), receiving(order)];
};

// Before the goods leave, hearing of it is worth something; once they came, hearing of the next ones is.
const offer = ({ stage, notices = [] }) => {
  const awaited = AWAITED.includes(stage);
  if (!notices.length || (!awaited && stage !== 'delivered')) return null;
  const left = Math.min(...notices.map((notice) => notice.left));
  return { awaited, left, ids: notices.map((notice) => notice.template_id).slice(0, 3) };
};

module.exports = { saying, timeline, offer };
