// What WeChat draws around a page: the navigation bar and the tab bar.

export class Frame {
  constructor(config) {
    this.config = config;
    this.nav = document.getElementById('nav');
    this.title = document.getElementById('title');
    this.back = document.getElementById('back');
    this.bar = document.getElementById('tabs');
    this.back.addEventListener('click', () => (this.back.dataset.kind === 'home' ? this.onHome() : this.onBack()));
    this.buttons = (config.tabBar?.list || []).map((tab) => this.button(tab));
    this.bar.append(...this.buttons);
    const { color, selectedColor, backgroundColor } = config.tabBar || {};
    this.bar.style.setProperty('--tab', color || '#7a7e83');
    this.bar.style.setProperty('--tab-on', selectedColor || '#07c160');
    this.bar.style.background = backgroundColor || '#fff';
  }

  button(tab) {
    const button = document.createElement('button');
    button.type = 'button';
    button.dataset.path = tab.pagePath;
    if (tab.iconPath) {
      for (const [path, kind] of [[tab.iconPath, 'off'], [tab.selectedIconPath || tab.iconPath, 'on']]) {
        const icon = document.createElement('img');
        icon.src = `/miniprogram/file/${path}`;
        icon.className = kind;
        icon.alt = '';
        button.append(icon);
      }
    }
    button.append(tab.text);
    button.addEventListener('click', () => this.onTab(tab.pagePath));
    return button;
  }

  draw(view, { deep, tab, first }) {
    const { config } = view;
    this.setTitle(view.title ?? config.navigationBarTitleText ?? '');
    this.nav.style.background = config.navigationBarBackgroundColor || '#000';
    this.nav.dataset.ink = config.navigationBarTextStyle || 'white';
    document.getElementById('stack').style.background = config.backgroundColor || '#fff';
    this.back.hidden = !deep && (tab || view.route === first || view.homeHidden === true);
    this.back.dataset.kind = deep ? 'back' : 'home';
    this.back.setAttribute('aria-label', deep ? '返回' : '首页');
    this.bar.hidden = !tab;
    this.buttons.forEach((button) => button.classList.toggle('on', button.dataset.path === view.route));
  }

  setTitle(text) {
    this.title.textContent = text;
  }

  hideHome(view) {
    view.homeHidden = true;
    if (this.back.dataset.kind === 'home') this.back.hidden = true;
  }
}
