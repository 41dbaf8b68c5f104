// WXSS as style sheets: a page's own reach only that page, and rpx are the 750th part of the screen.

const css = (wxss) => wxss.replace(/(-?\d*\.?\d+)rpx\b/g, 'calc($1 * var(--rpx))');

// Made by script and adopted, because the page's policy takes no <style>.
const adopt = (text) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  document.adoptedStyleSheets.push(sheet);
};

export function applyStyles(files) {
  if (files['app.wxss']) adopt(`@scope (#stack) { ${css(files['app.wxss'])} }`);
  for (const [name, text] of Object.entries(files)) {
    if (name === 'app.wxss') continue;
    adopt(`@scope (.wx-view[data-route="${name.replace('.wxss', '')}"]) { ${css(text)} }`);
  }
}
