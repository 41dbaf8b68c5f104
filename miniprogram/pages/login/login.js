const { act } = require('../../services/acts');
const api = require('../../services/api');
const { enter, trouble } = require('../../services/entrance');

const CODE_LENGTH = 6;

Page({
  data: { state: 'loading', trouble: null, byCode: false, code: '', complete: false, busy: '', hint: '' },

  onLoad(options) {
    this.wanted = options.to;
    wx.hideHomeButton();
    this.load();
  },

  onRetry() {
    this.setData({ state: 'loading' });
    this.load();
  },

  async load() {
    try {
      const { bound } = await api.signIn();
      if (bound) enter(this.wanted);
      else this.setData({ state: 'ready' });
    } catch (error) {
      this.setData({ state: 'trouble', trouble: trouble(error) });
    }
  },

  async onPhone(event) {
    const { code } = event.detail;
    if (!code) {
      this.setData({ hint: '没有拿到手机号。您也可以用绑定码' });
      return;
    }
    await this.act('phone', async () => {
      const { bound } = await api.bindByPhone(code);
      if (bound) this.welcome();
      else this.setData({ hint: '这个手机号还没有登记。请联系您的业务员，或者用绑定码', byCode: true });
    });
  },

  onByCode() {
    this.setData({ byCode: true, hint: '' });
  },

  onCode(event) {
    const code = event.detail.value.replace(/\D/g, '').slice(0, CODE_LENGTH);
    this.setData({ code, complete: code.length === CODE_LENGTH, hint: '' });
    return code;
  },

  async onBind() {
    if (!this.data.complete) return;
    await this.act('code', async () => {
      const answer = await api.bindByCode(this.data.code);
      if (answer.bound) this.welcome();
      else this.setData({ hint: `绑定码不对，还可以试 ${answer.tries_left} 次`, code: '', complete: false });
    });
  },

  welcome() {
    wx.showToast({ title: '绑定成功', icon: 'success' });
    enter(this.wanted);
  },

  act(name, work) {
    this.setData({ hint: '' });
    return act(this, name, work, (error) => this.setData({ hint: error.message }));
  },
});
