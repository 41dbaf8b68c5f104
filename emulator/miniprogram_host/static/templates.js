// WXML becomes functions, in the page, by the compiler's WebAssembly.

import { MiniProgramEnv } from './vendor/adapter.js';
import * as glassEasel from 'glass-easel';
import * as compiler from './vendor/compiler.js';

const environment = new MiniProgramEnv();
export const space = environment.createCodeSpace('', true);
export const context = new glassEasel.CurrentWindowBackendContext();
export const backend = environment.associateBackend(context);

const nonce = document.querySelector('script[nonce]').nonce;

// The page's policy forbids eval; a script with its nonce is what it lets through.
const evaluate = (source) => {
  const script = document.createElement('script');
  script.nonce = nonce;
  script.textContent = `window.evaluated = ${source};`;
  document.head.append(script);
  script.remove();
  const value = window.evaluated;
  delete window.evaluated;
  return value;
};

const WORSE_THAN_A_WARNING = 3;

// What WeChat takes and glass-easel or the browser does not.
const adapted = (wxml) =>
  wxml
    .replace(/\b(bind|catch)(tap|input|confirm|blur|focus|submit|getphonenumber)=/g, '$1:$2=')
    .replace(/type="number"/g, 'type="text" inputmode="numeric"')
    .replace(/type="digit"/g, 'type="text" inputmode="decimal"');

const bare = (name) => name.replace(/\.\w+$/, '');

export async function compileTemplates(parts) {
  const { instance } = await WebAssembly.instantiateStreaming(fetch('/miniprogram/static/vendor/compiler.wasm'), {
    './glass_easel_template_compiler_bg.js': compiler,
  });
  compiler.__wbg_set_wasm(instance.exports);
  const group = new compiler.TmplGroup();
  const troubles = [];
  for (const [name, text] of Object.entries(parts.wxs)) group.addScript(bare(name), text);
  for (const [name, text] of Object.entries(parts.wxml)) {
    const found = group.addTmpl(bare(name), adapted(text));
    troubles.push(...found.filter((each) => each.level >= WORSE_THAN_A_WARNING).map((each) => `${name}: ${each.message}`));
  }
  if (troubles.length) throw new Error(troubles.join('\n'));
  const groupList = evaluate(group.getTmplGenObjectGroups());
  for (const name of Object.keys(parts.wxml)) {
    const path = bare(name);
    space.addCompiledTemplate(path, { groupList, content: groupList[path] });
    space.addComponentStaticConfig(path, parts.json[`${path}.json`] || {});
  }
}
