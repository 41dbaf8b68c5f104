// Events on their way from the browser to the page, and taps that only WeChat may answer.

import * as glassEasel from 'glass-easel';
import { post } from './control.js';
import { context } from './templates.js';

const VALUED = new Set(['input', 'change', 'blur', 'focus', 'confirm']);

let tapping = false;

// Whether this very moment is a person's tap: WeChat lets some questions through only then.
export const inTap = () => tapping;

export const asTap = (work) => {
  tapping = true;
  try {
    work();
  } finally {
    tapping = false;
  }
};

const dispatch = (target, type, detail, options) => {
  const event = new glassEasel.Event(type, detail, options);
  glassEasel.Event.dispatchEvent(target, event);
  return event.defaultPrevented() ? glassEasel.EventBubbleStatus.NoDefault : undefined;
};

const ownerOf = (node) => {
  let found = node;
  while (found && !found.__wxElement) found = found.parentNode;
  return found?.__wxElement;
};

export function connect({ person, layer }) {
  const name = document.title;

  const phone = async (button) => {
    const owner = ownerOf(button);
    const known = document.body.dataset.phone;
    if (!known) return dispatch(owner, 'getphonenumber', { errMsg: 'getPhoneNumber:fail no phone number' }, {});
    if (!(await layer.askPhone(name, known))) {
      return dispatch(owner, 'getphonenumber', { errMsg: 'getPhoneNumber:fail user deny' }, {});
    }
    const { code } = await post('phone', { door: 'miniprogram', person });
    return dispatch(owner, 'getphonenumber', { errMsg: 'getPhoneNumber:ok', code }, {});
  };

  // glass-easel catches what a page's method throws; here it is seen, as in the console of a phone.
  glassEasel.addGlobalErrorListener((error) => {
    reportError(error);
    return false;
  });

  context.onEvent((target, type, detail, options) => {
    const node = options.originalEvent?.target;
    if (VALUED.has(type)) return dispatch(target, type, { value: node.value, cursor: node.selectionEnd }, options);
    if (type !== 'tap') return dispatch(target, type, detail, options);
    const button = node?.closest('button');
    if (button?.disabled) return undefined;
    let status;
    asTap(() => {
      status = dispatch(target, type, detail, options);
    });
    if (button?.getAttribute('open-type') === 'getPhoneNumber') phone(button);
    return status;
  });

  // Fields of a phone have a key that says "done"; here it is Enter.
  document.getElementById('stack').addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.target.tagName !== 'INPUT') return;
    dispatch(ownerOf(event.target), 'confirm', { value: event.target.value }, { bubbles: false });
  });
}
