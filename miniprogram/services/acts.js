// What a page does on a tap, alike wherever it stands.

const api = require('./api');

// One thing at a time: a second tap while the first is under way does nothing.
const act = async (page, name, work, failed) => {
  if (page.data.busy) return;
  page.setData({ busy: name });
  try {
    await work();
  } catch (error) {
    await failed(error);
  } finally {
    page.setData({ busy: '' });
  }
};

const askColleague = async () => {
  const { who } = await api.command('human.handoff');
  wx.showModal({ title: '已经告诉同事', content: `${who.name}会尽快联系您`, showCancel: false, confirmText: '好的' });
};

module.exports = { act, askColleague };
