// Sends what a finger does and puts the server's fragments where they belong; it draws nothing itself.
"use strict";

const post = async (path, body) => {
  const response = await fetch(`/sim/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) trouble(answer.message || answer.error);
  return answer;
};

const trouble = (words) => {
  const line = document.getElementById("trouble");
  line.textContent = words;
  line.hidden = false;
  setTimeout(() => { line.hidden = true; }, 4000);
};

const ask = (title, placeholder) => new Promise((resolve) => {
  const dialog = document.getElementById("ask");
  const field = dialog.querySelector("input");
  dialog.querySelector("h3").textContent = title;
  field.placeholder = placeholder;
  field.value = "";
  dialog.returnValue = "";
  dialog.addEventListener("close", () => resolve(dialog.returnValue && field.value.trim()), { once: true });
  dialog.showModal();
});

const toEnd = (talk) => { talk.scrollTop = talk.scrollHeight; };

const element = (html) => {
  const box = document.createElement("template");
  box.innerHTML = html.trim();
  return box.content.firstElementChild;
};

const mostEntries = 300;

const changes = {
  reload: () => location.reload(),
  append: ({ to, id, html }) => {
    const talk = document.getElementById(to);
    if (!talk || document.getElementById(id)) return;
    talk.append(element(html));
    toEnd(talk);
  },
  prepend: ({ to, id, html }) => {
    if (document.getElementById(id)) return;
    const log = document.getElementById(to);
    log.prepend(element(html));
    while (log.childElementCount > mostEntries) log.lastElementChild.remove();
  },
  replace: ({ id, html }) => {
    const old = document.getElementById(id);
    if (!old) return;
    const fresh = element(html);
    if (old.open) fresh.open = true;
    old.replaceWith(fresh);
  },
  fill: ({ to, html }) => {
    for (const bar of document.querySelectorAll(`[data-menu="${to}"]`)) bar.innerHTML = html;
  },
};

const stream = new EventSource(`/sim/stream?seen=${document.body.dataset.seen}`);
stream.addEventListener("message", (event) => {
  const change = JSON.parse(event.data);
  changes[change.op](change);
});

const chosen = (card) => {
  const answers = {};
  for (const field of card.querySelectorAll("[data-question]")) {
    const key = field.dataset.question;
    answers[key] ??= [];
    if (field.tagName === "SELECT" || field.checked) answers[key].push(field.value);
  }
  return answers;
};

const place = (node) => {
  const { door, person } = node.closest(".place").dataset;
  return { door, person, wait: 0 };
};

// What a small screen shows is what it shows after the page was loaded anew.
const showTab = (tab) => {
  document.body.dataset.tab = tab;
  history.replaceState(null, "", `#${tab}`);
};

const network = async (node, on) => {
  await post("network", { person: place(node).person, on });
  location.reload();
};

const acts = {
  clock: async () => { await post("clock", { forward: 3600 }); location.reload(); },
  cut: (node) => network(node, false),
  connect: (node) => network(node, true),
  newcomer: async () => {
    const { person } = await post("newcomer", { wait: 0 });
    if (!person) return;
    const address = new URL(location);
    address.searchParams.set("b", person.id);
    address.searchParams.set("bd", person.official ? "official" : "miniprogram");
    address.hash = "b";
    location.assign(address);
  },
  reset: () => post("reset", {}),
  follow: async (node) => { await post("follow", place(node)); location.reload(); },
  unfollow: async (node) => { await post("unfollow", place(node)); location.reload(); },
  scan: async (node) => {
    const text = await ask("扫一扫", "码里的内容，如 6901234567892");
    if (text) post("scan", { ...place(node), text });
  },
  voice: async (node) => {
    const at = place(node);
    // Only the Official Account turns speech into words.
    if (at.door !== "official") return post("voice", at);
    const recognition = await ask("语音", "说的话（识别结果）");
    if (recognition) post("voice", { ...at, recognition });
  },
  camera: async (node, key) => {
    const text = await ask("扫一扫", "码里的内容，如 6901234567892");
    if (text) post("menu", { ...place(node), key, text });
  },
  spot: async (node, key) => {
    const label = await ask("位置", "地名或地址");
    if (label) post("menu", { ...place(node), key, label });
  },
  image: (node) => post("image", { ...place(node), text: String(Math.random()) }),
  file: async (node) => {
    const name = await ask("文件", "文件名，如 验收单.pdf");
    if (name) post("file", { ...place(node), name });
  },
  location: async (node) => {
    const label = await ask("位置", "地名或地址");
    if (label) post("location", { ...place(node), label });
  },
  share: async (node) => {
    const url = await ask("链接", "https://");
    if (url) post("share", { ...place(node), title: url, url });
  },
  code: async (node) => {
    const scene = await ask("扫公众号的码", "场景值或 ticket");
    if (scene) post("scan", { ...place(node), scene });
  },
  enter: (node) => post("enter", place(node)),
  subscribe: async (node) => {
    const template = await ask("同意订阅消息", "模板编号");
    if (template) post("subscribe", { ...place(node), template });
  },
  away: (node) => {
    const address = new URL(location);
    const { slot } = node.closest(".place").dataset;
    address.searchParams.delete(slot);
    address.searchParams.delete(`${slot}d`);
    location.assign(address);
  },
};

document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll(".menu details[open], .actions[open], .acts[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
  const node = event.target.closest("[data-act], [data-say], [data-tap], [data-key], [data-show]");
  if (!node) return;
  const { act, say, menuId, tap, key, type, show } = node.dataset;
  if (act) {
    node.closest(".acts")?.removeAttribute("open");
    acts[act](node);
  }
  else if (say !== undefined) post("text", { ...place(node), text: say, menu_id: menuId });
  else if (tap) {
    const card = node.closest(".template-card");
    node.closest("details")?.removeAttribute("open");
    post("card", { ...place(node), task_id: card.dataset.task, button: tap, selected: chosen(card) });
  } else if (key) {
    node.closest("details")?.removeAttribute("open");
    if (type.startsWith("scancode")) acts.camera(node, key);
    else if (type === "location_select") acts.spot(node, key);
    else post("menu", { ...place(node), key });
  } else if (show) {
    showTab(show);
    document.querySelectorAll(".talk").forEach(toEnd);
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest(".composer");
  if (!form) return;
  event.preventDefault();
  const text = form.elements.text.value.trim();
  if (!text) return;
  form.elements.text.value = "";
  post("text", { ...place(form), text });
});

// A page opened from a phone logs in as that phone's person, not as whoever was asked last.
document.addEventListener("click", (event) => {
  const person = event.target.closest("a[target=_blank]")?.closest(".place")?.dataset.person;
  if (person) document.cookie = `emulator_person=${encodeURIComponent(person)}; path=/connect; SameSite=Lax`;
}, true);

document.addEventListener("change", (event) => {
  const { form } = event.target;
  if (form?.id !== "pick") return;
  form.action = `/${location.hash}`;
  form.submit();
});

const remembered = document.querySelector(`[data-show="${CSS.escape(location.hash.slice(1))}"]`);
if (remembered) document.body.dataset.tab = remembered.dataset.show;
document.querySelectorAll(".talk").forEach(toEnd);
