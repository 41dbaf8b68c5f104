// What WeChat draws over a page: toasts, dialogues, and the questions only WeChat itself may ask.

const element = (tag, className, text) => {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};

export class Layer {
  constructor(place) {
    this.place = place;
  }

  toast({ title = '', icon = 'success', duration = 1500 }) {
    this.hideToast();
    const box = element('div', `toast toast-${icon}`);
    box.setAttribute('role', 'status');
    if (icon !== 'none') box.append(element('i', 'toast-icon'));
    box.append(element('span', 'toast-words', title));
    this.place.append(box);
    this.shown = box;
    if (duration) this.timer = setTimeout(() => this.hideToast(), duration);
  }

  hideToast() {
    clearTimeout(this.timer);
    this.shown?.remove();
    this.shown = null;
  }

  // Resolves to true or false; `answered` runs inside the tap itself.
  modal({ title, content, confirmText = '确定', cancelText = '取消', showCancel = true }, answered) {
    const box = this.dialogue('modal');
    if (title) box.append(element('h2', 'modal-title', title));
    if (content) box.append(element('p', 'modal-words', content));
    const row = element('div', 'modal-row');
    if (showCancel) row.append(this.choice(box, cancelText, 'modal-no', () => answered(false)));
    row.append(this.choice(box, confirmText, 'modal-yes', () => answered(true)));
    box.append(row);
  }

  // Which of the templates the person lets through, and which not.
  askSubscription(name, templates) {
    return new Promise((resolve) => {
      const box = this.sheet(name, '申请给你发送以下消息');
      const checks = templates.map((template) => {
        const line = element('label', 'sheet-line');
        const check = element('input', '');
        check.type = 'checkbox';
        check.checked = true;
        line.append(element('span', '', template.title), check);
        box.append(line);
        return { id: template.id, check };
      });
      const picked = (allowed) =>
        resolve(Object.fromEntries(checks.map(({ id, check }) => [id, allowed && check.checked ? 'accept' : 'reject'])));
      box.append(this.answers(box, '拒绝', '允许', picked));
    });
  }

  askPhone(name, phone) {
    return new Promise((resolve) => {
      const box = this.sheet(name, '申请获取并验证你的手机号');
      const masked = phone.replace(/^(\d{3})\d{4}/, '$1****');
      const line = element('div', 'sheet-line');
      line.append(element('span', '', masked), element('small', '', '微信绑定号码'));
      box.append(line, this.answers(box, '不允许', '允许', resolve));
    });
  }

  sheet(name, wish) {
    const box = this.dialogue('sheet');
    const head = element('div', 'sheet-head');
    head.append(element('i', 'sheet-logo', name.slice(0, 1)), element('b', '', name));
    box.append(head, element('p', 'sheet-wish', wish));
    return box;
  }

  answers(box, no, yes, answered) {
    const row = element('div', 'sheet-row');
    row.append(this.choice(box, no, 'sheet-no', () => answered(false)));
    row.append(this.choice(box, yes, 'sheet-yes', () => answered(true)));
    return row;
  }

  dialogue(className) {
    const shade = element('div', 'shade');
    const box = element('div', className);
    box.setAttribute('role', 'dialog');
    shade.append(box);
    this.place.append(shade);
    return box;
  }

  choice(box, text, className, chosen) {
    const button = element('button', className, text);
    button.type = 'button';
    button.addEventListener('click', () => {
      box.parentElement.remove();
      chosen();
    });
    return button;
  }
}
