// What the shell does in the browser itself, so that it works before, without and after a circuit: theme, sidebar, copy buttons,
// times in the viewer's zone. Buttons say what they do by data-gf; nothing here needs a handler in the markup.
const root = document.documentElement;
const systemDark = matchMedia('(prefers-color-scheme: dark)');

function recall(name) {
  try { return localStorage.getItem(name); } catch { return null; }
}

// Kept twice: the cookie lets the server paint the first frame right, the storage outlives cleared cookies.
function remember(name, value) {
  try { value === null ? localStorage.removeItem(name) : localStorage.setItem(name, value); } catch { /* private window */ }
  document.cookie = `${name}=${value ?? ''}; path=/; max-age=${value === null ? 0 : 31536000}; samesite=lax`;
}

export function theme() {
  return root.dataset.theme ?? (systemDark.matches ? 'dark' : 'light');
}

export function timeZone() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'UTC';
}

function applyTheme(next) {
  if (next) { root.dataset.theme = next; } else { delete root.dataset.theme; }
  for (const button of document.querySelectorAll('[data-gf="theme"]')) { labelTheme(button); }
}

function labelTheme(button) {
  const label = theme() === 'dark' ? 'Use light theme' : 'Use dark theme';
  button.setAttribute('aria-label', label);
  button.title = label;
}

function labelSidebar(button) {
  const collapsed = root.dataset.sidebar === 'collapsed';
  button.setAttribute('aria-expanded', String(!collapsed));
  const label = collapsed ? 'Expand sidebar' : 'Collapse sidebar';
  button.setAttribute('aria-label', label);
  button.title = label;
}

function setNav(open) {
  if (open) { root.dataset.nav = 'open'; } else { delete root.dataset.nav; }
  for (const button of document.querySelectorAll('[data-gf="nav"]')) { button.setAttribute('aria-expanded', String(open)); }
  const sidebar = document.getElementById('gf-sidebar');
  if (open) { sidebar?.querySelector('a')?.focus(); }
}

const deeds = {
  theme() {
    const next = theme() === 'dark' ? 'light' : 'dark';
    remember('gf-theme', next);
    applyTheme(next);
  },
  sidebar() {
    const next = root.dataset.sidebar === 'collapsed' ? null : 'collapsed';
    if (next) { root.dataset.sidebar = next; } else { delete root.dataset.sidebar; }
    remember('gf-sidebar', next);
    for (const button of document.querySelectorAll('[data-gf="sidebar"]')) { labelSidebar(button); }
  },
  nav() { setNav(root.dataset.nav !== 'open'); },
  reload() { location.reload(); },
  search() { toggleSearch(); },
  copy(button) { void copy(button); },
};

async function copy(button) {
  const done = await toClipboard(button.dataset.text ?? '');
  button.dataset.state = done ? 'copied' : 'failed';
  const said = button.querySelector('[role="status"]');
  if (said) { said.textContent = done ? 'Copied' : 'Copying was refused by the browser'; }
  setTimeout(() => { delete button.dataset.state; if (said) { said.textContent = ''; } }, 1600);
}

async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Plain http on another host has no clipboard object.
    const area = document.createElement('textarea');
    area.value = text;
    area.style.position = 'fixed';
    area.style.opacity = '0';
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}

// The dialog stands in the markup, closed; Blazor fills in what is found.
function toggleSearch() {
  const dialog = document.getElementById('gf-search');
  if (!dialog) { return; }
  if (dialog.open) { dialog.close(); return; }
  setNav(false);
  dialog.showModal();
  dialog.querySelector('input')?.select();
}

// The circuit's first rendering puts a new dialog in the place of the prerendered one. What was typed until then goes over to the new one, and
// with it the focus and the place of the caret; the event tells the page what to look for.
let typed = null;

class Search extends HTMLElement {
  connectedCallback() { queueMicrotask(() => this.take()); }
  disconnectedCallback() {
    const input = this.querySelector('input');
    typed = this.querySelector('dialog')?.open && input ? { text: input.value, from: input.selectionStart, to: input.selectionEnd } : null;
  }
  take() {
    const input = this.querySelector('input');
    if (!typed || !input) { return; }
    const { text, from, to } = typed;
    typed = null;
    this.querySelector('dialog').showModal();
    input.value = text;
    input.focus();
    input.setSelectionRange(from, to);
    if (text) { input.dispatchEvent(new Event('input', { bubbles: true })); }
  }
}
customElements.define('gf-search', Search);

function searchKey(event, dialog) {
  if (event.key === 'Escape') { dialog.close(); event.preventDefault(); return; } // a search field would take the first one for itself
  const hits = [...dialog.querySelectorAll('a[data-gf-hit]')];
  const at = hits.indexOf(document.activeElement);
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    const next = at + (event.key === 'ArrowDown' ? 1 : -1);
    (next < 0 || hits.length === 0 ? dialog.querySelector('input') : hits[Math.min(next, hits.length - 1)]).focus();
    event.preventDefault();
  } else if (event.key === 'Enter' && at < 0 && event.target.matches('input')) {
    hits[0]?.click();
    event.preventDefault();
  }
}

document.addEventListener('click', event => {
  const dialog = event.target.closest?.('#gf-search');
  if (dialog && (event.target === dialog || event.target.closest('a[data-gf-hit]'))) { dialog.close(); }
  const button = event.target.closest?.('[data-gf]');
  if (button && deeds[button.dataset.gf]) { deeds[button.dataset.gf](button); return; }
  if (event.target.closest?.('#gf-sidebar a')) { setNav(false); }
  for (const menu of document.querySelectorAll('details.gf-menu[open]')) {
    if (!menu.contains(event.target)) { menu.open = false; }
  }
});

document.addEventListener('keydown', event => {
  if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) { toggleSearch(); event.preventDefault(); return; }
  const search = event.target.closest?.('#gf-search');
  if (search) { searchKey(event, search); return; }
  if (event.key !== 'Escape') { return; }
  if (root.dataset.nav === 'open') { setNav(false); document.querySelector('[data-gf="nav"]')?.focus(); }
  for (const menu of document.querySelectorAll('details.gf-menu[open]')) { menu.open = false; menu.querySelector('summary')?.focus(); }
});

// Firefox begins to drag only what carries data; what is dragged where, the page itself knows.
document.addEventListener('dragstart', event => { if (event.target.closest?.('[data-gf-drag]')) { event.dataTransfer?.setData('text/plain', ''); } });

// Blazor replaces prerendered elements when the circuit starts; an element that labels itself on arrival needs no watcher.
class Toggle extends HTMLElement {
  connectedCallback() {
    queueMicrotask(() => {
      const button = this.querySelector('[data-gf]');
      if (button?.dataset.gf === 'theme') { labelTheme(button); }
      if (button?.dataset.gf === 'sidebar') { labelSidebar(button); }
    });
  }
}
customElements.define('gf-toggle', Toggle);

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const dateAndTime = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const dateOnly = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const timeOnly = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

// The same words as Display.Ago on the server, so that a refresh from either side does not flicker.
export function ago(at, now) {
  const seconds = Math.round((now - at) / 1000);
  const size = Math.abs(seconds);
  if (size < 10) { return 'just now'; }
  const words = size < 60 ? `${size} s` : size < 3600 ? `${Math.floor(size / 60)} min` : size < 86400 ? `${Math.floor(size / 3600)} h` : `${Math.floor(size / 86400)} d`;
  const text = words.replace(' ', '\u00a0');
  return seconds > 0 ? `${text} ago` : `in ${text}`;
}

const times = new Set();

class Time extends HTMLElement {
  static observedAttributes = ['datetime', 'format'];
  connectedCallback() { times.add(this); queueMicrotask(() => this.show()); }
  disconnectedCallback() { times.delete(this); }
  attributeChangedCallback() { if (this.isConnected) { queueMicrotask(() => this.show()); } }
  show() {
    const at = new Date(this.getAttribute('datetime'));
    const time = this.firstElementChild;
    if (!time || Number.isNaN(at.getTime())) { return; }
    const format = this.getAttribute('format');
    const text = format === 'datetime' ? dateAndTime.format(at) : format === 'date' ? dateOnly.format(at) : format === 'time' || (format === 'near' && Math.abs(Date.now() - at.getTime()) < 43200000) ? timeOnly.format(at) : format === 'near' ? dateAndTime.format(at) : ago(at, Date.now());
    // Only the value of the text node changes: the node itself belongs to Blazor.
    const node = [...time.childNodes].find(n => n.nodeType === Node.TEXT_NODE);
    if (node && node.nodeValue !== text) { node.nodeValue = text; }
    const title = `${exact.format(at)} (${timeZone()})\n${at.toISOString().replace('T', ' ').slice(0, 19)} UTC`;
    if (time.title !== title) { time.title = title; }
  }
}
customElements.define('gf-time', Time);
setInterval(() => { if (!document.hidden) { for (const time of times) { time.show(); } } }, 10000);
document.addEventListener('visibilitychange', () => { if (!document.hidden) { for (const time of times) { time.show(); } } });

// A server that answers again but no longer knows this page (it was restarted): only a fresh page helps.
const reconnect = document.getElementById('components-reconnect-modal');
if (reconnect) {
  new MutationObserver(() => { if (reconnect.classList.contains('components-reconnect-rejected')) { location.reload(); } })
    .observe(reconnect, { attributeFilter: ['class'] });
}

systemDark.addEventListener('change', () => applyTheme(root.dataset.theme));
const kept = recall('gf-theme');
if (kept && kept !== root.dataset.theme) { remember('gf-theme', kept); applyTheme(kept); }
if (recall('gf-sidebar') === 'collapsed' && root.dataset.sidebar !== 'collapsed') { deeds.sidebar(); }
