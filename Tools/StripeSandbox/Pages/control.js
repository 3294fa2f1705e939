/** The sandbox's control page: shows `/_sandbox/state.json` as it changes, sets and clears faults. */

const byID = (id) => document.getElementById(id);
const interval = 2000; // ms between two looks at the state
let paused = false;

const anyCall = { path: '/v1/*' };
const anyPost = { method: 'POST', path: '/v1/*' };
const presets = [
  { title: 'Next API call: 500', fault: { match: anyCall, action: 'status', status: 500, times: 1 } },
  { title: 'Next API call: 429', fault: { match: anyCall, action: 'status', status: 429, times: 1 } },
  { title: 'Next POST: 409', fault: { match: anyPost, action: 'status', status: 409, times: 1 } },
  { title: 'Next POST: hang for 30 s', fault: { match: anyPost, action: 'hang', seconds: 30, times: 1 } },
  { title: 'Next POST: act, then drop the line', fault: { match: anyPost, action: 'drop_after_acting', times: 1 } },
  { title: 'Next webhook: twice', fault: { webhooks: { mode: 'duplicate', times: 1 } } },
  { title: 'Next webhook: late', fault: { webhooks: { mode: 'delay', seconds: 5, times: 1 } } },
  { title: 'Next webhooks: out of order', fault: { webhooks: { mode: 'reorder', times: 2 } } },
];

// ---------------------------------------------------------------- nodes

function make(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

const missing = '–';
const text = (value) => (value === undefined || value === null || value === '' ? missing : String(value));
const code = (value) => make('code', {}, text(value));
const clock = (seconds) => (seconds ? new Date(seconds * 1000).toLocaleTimeString() : missing);

function badge(value, kind) {
  return make('span', { className: `badge ${kind}` }, text(value));
}

const kindOfStatus = (status) => {
  if (!status) return 'bad';
  if (status < 300) return 'good';
  return status < 500 ? 'warm' : 'bad';
};
const kindOfState = (state) => {
  if (['delivered', 'succeeded', 'enabled'].includes(state)) return 'good';
  return ['failed', 'canceled', 'disabled'].includes(state) ? 'bad' : 'warm';
};

/** A table of `rows`; a column is its title and what it shows of a row. */
function table(columns, rows, empty) {
  if (!rows?.length) return make('p', { className: 'quiet' }, empty);
  const head = make('tr', {}, ...Object.keys(columns).map((title) => make('th', { scope: 'col' }, title)));
  const body = rows.map((row) => make('tr', {}, ...Object.values(columns).map((show) => make('td', {}, show(row)))));
  return make('table', {}, make('thead', {}, head), make('tbody', {}, ...body));
}

// ---------------------------------------------------------------- state

const deliveries = {
  Time: (row) => clock(row.created),
  Event: (row) => make('span', {}, text(row.type), make('br'), code(row.event)),
  To: (row) => code(row.url),
  Try: (row) => text(row.attempt),
  Answer: (row) => (row.status ? badge(row.status, kindOfStatus(row.status)) : text(row.error)),
  State: (row) => badge(row.state, kindOfState(row.state)),
  'Next try': (row) => clock(row.next_attempt),
};
const requests = {
  Time: (row) => clock(row.created),
  Call: (row) => make('span', {}, make('strong', {}, text(row.method)), ' ', code(row.path)),
  Answer: (row) => (row.status ? badge(row.status, kindOfStatus(row.status)) : badge('dropped', 'bad')),
  Took: (row) => (row.duration_ms === undefined ? missing : `${Math.round(row.duration_ms)} ms`),
  Fault: (row) => text(row.fault),
  Account: (row) => code(row.account),
  Request: (row) => code(row.id),
};
const intents = {
  Time: (row) => clock(row.created),
  Intent: (row) => code(row.id),
  'Minor units': (row) => `${text(row.amount)} ${text(row.currency).toUpperCase()}`,
  Status: (row) => badge(row.status, kindOfState(row.status)),
  Account: (row) => code(row.account),
};
const events = {
  Time: (row) => clock(row.created),
  Event: (row) => make('span', {}, text(row.type), make('br'), code(row.id)),
  Object: (row) => code(row.object),
  'To deliver': (row) => text(row.pending_webhooks),
  Account: (row) => code(row.account),
};
const endpoints = {
  Endpoint: (row) => code(row.id),
  Address: (row) => code(row.url),
  Events: (row) => make('span', { className: 'wrap' }, text(row.enabled_events?.join(', '))),
  Payload: (row) => text(row.event_payload ?? 'snapshot'),
  Status: (row) => badge(row.status, kindOfState(row.status)),
  Account: (row) => code(row.account),
};
/** `{payment_intent: 2, refund: 1}` in words. */
const counts = (objects) => Object.entries(objects ?? {}).map(([kind, count]) => `${count} ${kind}`).join(', ');
const accounts = {
  Account: (row) => code(row.id),
  'Keys end in': (row) => code(row.key),
  Mode: (row) => (row.livemode ? 'live' : 'test'),
  Objects: (row) => make('span', { className: 'wrap' }, text(counts(row.objects))),
};

/** Nodes are replaced only when they change, so that a selection or a scroll position survives. */
const last = new Map();
function put(id, value, render) {
  const now = JSON.stringify(value ?? null);
  if (last.get(id) === now) return;
  last.set(id, now);
  byID(id).replaceChildren(...[render(value)].flat());
}

function show(state) {
  put('deliveries', state.deliveries, (rows) => table(deliveries, rows, 'No webhook was sent yet.'));
  put('requests', state.requests, (rows) => table(requests, rows, 'Nobody has called yet.'));
  put('intents', state.payment_intents, (rows) => table(intents, rows, 'No payment intent yet.'));
  put('events', state.events, (rows) => table(events, rows, 'Nothing has happened yet.'));
  put('endpoints', state.endpoints, (rows) => table(endpoints, rows, 'None: no webhook can be sent.'));
  put('accounts', state.accounts, (rows) => table(accounts, rows, 'An account is made when its key is first used.'));
  const faults = state.faults ?? [];
  put('faults', faults, (rows) => rows.map(faultLine));
  put('keys', state.keys ?? [], (rows) => rows.map((key) => make('li', {}, code(JSON.stringify(key)))));
  byID('keys-none').hidden = (state.keys ?? []).length > 0;
  byID('keys-clear').hidden = (state.keys ?? []).length === 0;
  byID('faults-none').hidden = faults.length > 0;
  byID('faults-clear').hidden = faults.length === 0;
}

function faultLine({ id, ...fault }) {
  const remove = () => send('DELETE', `/_sandbox/faults/${encodeURIComponent(id)}`);
  const button = make('button', { type: 'button', onclick: remove }, 'Take back');
  return make('li', {}, code(JSON.stringify(fault)), ' ', button);
}

/** A live region speaks whenever its text is set, so it is set only when it changes. */
function say(message) {
  if (byID('live').textContent !== message) byID('live').textContent = message;
}

let looks = 0;
async function look() {
  const mine = ++looks;
  try {
    const answer = await fetch('/_sandbox/state.json', { cache: 'no-store' });
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
    const state = await answer.json();
    if (mine !== looks) return; // a later look is under way, and this one may be older than what it set
    show(state);
    say('Live');
  } catch {
    say('The sandbox does not answer; trying again');
  }
}

async function keepLooking() {
  if (!paused && !document.hidden) await look();
  setTimeout(keepLooking, interval);
}

// ---------------------------------------------------------------- faults

async function send(method, path, body) {
  byID('fault-error').textContent = '';
  try {
    const headers = body ? { 'Content-Type': 'application/json' } : {};
    const answer = await fetch(path, { method, headers, body });
    if (!answer.ok) {
      const { error } = await answer.json().catch(() => ({}));
      byID('fault-error').textContent = `Refused: ${error?.message ?? `status ${answer.status}`}`;
    }
  } catch {
    byID('fault-error').textContent = 'The sandbox does not answer. Is it running?';
  }
  await look();
}

function setOwnFault(event) {
  event.preventDefault();
  try {
    JSON.parse(byID('fault-json').value);
  } catch (fault) {
    byID('fault-error').textContent = `This is not JSON: ${fault.message}`;
    return;
  }
  send('POST', '/_sandbox/faults', byID('fault-json').value);
}

function presetButton({ title, fault }) {
  const set = () => send('POST', '/_sandbox/faults', JSON.stringify(fault));
  const button = make('button', { type: 'button', onclick: set }, title);
  button.dataset.preset = title;
  return button;
}

byID('presets').append(...presets.map(presetButton));
byID('fault-json').value = JSON.stringify(presets[0].fault, null, 2);
byID('fault-form').addEventListener('submit', setOwnFault);
byID('faults-clear').addEventListener('click', () => send('DELETE', '/_sandbox/faults'));
byID('keys-clear').addEventListener('click', () => send('DELETE', '/_sandbox/keys'));
byID('pause').addEventListener('click', () => {
  paused = !paused;
  byID('pause').setAttribute('aria-pressed', String(paused));
  say(paused ? 'Paused' : 'Live');
});
keepLooking();
