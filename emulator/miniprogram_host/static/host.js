// Starts the mini-program: compiles its templates, defines its modules, opens its first page.

import { Code } from './code.js';
import { connect } from './events.js';
import { Frame } from './frame.js';
import { Layer } from './layer.js';
import { Stack } from './stack.js';
import { compileTemplates, space } from './templates.js';
import { applyStyles } from './styles.js';
import { platform } from './wx.js';

const person = document.body.dataset.person;
const picker = document.getElementById('person');
picker.addEventListener('change', () => location.assign(`/miniprogram?person=${picker.value}`));

const answer = await fetch('/miniprogram/parts.json');
const parts = await answer.json();
if (!answer.ok) throw new Error(parts.message);
const { modules } = await import('/miniprogram/code.js');

await compileTemplates(parts);
applyStyles(parts.wxss);
const config = parts.json['app.json'];
const layer = new Layer(document.getElementById('layer'));
const frame = new Frame(config);
const stack = new Stack(config, parts.json, frame);
const wx = platform({ person, stack, frame, layer });
connect({ person, stack, layer });

const code = new Code(modules, space, wx, stack);
code.run('app.js');
config.pages.forEach((page) => code.run(`${page}.js`));
const wanted = new URLSearchParams(location.search).get('open') || config.pages[0];
code.launch(wanted);
stack.reLaunch(`/${wanted}`);
document.body.dataset.ready = '';
