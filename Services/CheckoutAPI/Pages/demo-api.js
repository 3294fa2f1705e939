/** The checkout API, called with the page's publishable key as any storefront's page would. */
import { APIFailure } from './demo-errors.js';
import { pause } from './demo-dom.js';

const silence = 60_000; // ms without a byte, comments included, after which a stream counts as lost

export class CheckoutAPI {
  #key;

  constructor(key) {
    this.#key = key;
  }

  async #fetch(path, { headers, ...options } = {}) {
    const sent = { Authorization: `Bearer ${this.#key}`, ...headers };
    const answer = await fetch(path, { ...options, headers: sent, cache: 'no-store' }).catch((cause) => {
      if (options.signal?.aborted) throw cause;
      throw new APIFailure(0);
    });
    if (answer.ok) return answer;
    const body = await answer.json().catch(() => ({}));
    throw new APIFailure(answer.status, body.error, answer.headers.get('Retry-After'));
  }

  async #json(path, options) {
    const answer = await this.#fetch(path, options);
    return answer.json().catch(() => { throw new APIFailure(0); });
  }

  /** All items of the tenant's catalog, page by page. */
  async catalog() {
    const items = [];
    for (let after = ''; ;) {
      const query = new URLSearchParams({ limit: 100, ...(after && { starting_after: after }) });
      const list = await this.#json(`/v1/catalog_items?${query}`);
      items.push(...list.data);
      if (!list.has_more || list.data.length === 0) return items;
      const last = list.data.at(-1);
      after = last.id ?? last.sku;
    }
  }

  /** Makes the order of `request`; with a key used before, continues that order. */
  async startPayment(request, idempotencyKey) {
    for (let tries = 0; ; tries += 1) {
      try {
        return await this.#json('/v1/payment_intents', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', 'Idempotency-Key': idempotencyKey },
          body: JSON.stringify(request),
        });
      } catch (failure) {
        // The first try may still be under way, when the page was loaded again in the middle of it.
        if (failure.code !== 'idempotency_key_in_use' || tries === 4) throw failure;
        await pause(500 * 2 ** tries);
      }
    }
  }

  order(id, clientSecret) {
    return this.#json(orderPath(id, '', clientSecret));
  }

  /** Calls `heard` with each state of the order; returns when the server ends the stream, throws when it is lost. */
  async followOrder(id, clientSecret, signal, heard) {
    const quiet = new AbortController();
    const both = AbortSignal.any([signal, quiet.signal]);
    const answer = await this.#fetch(orderPath(id, '/stream', clientSecret), {
      headers: { Accept: 'text/event-stream' }, signal: both,
    });
    const parser = new EventStreamParser((event) => {
      if (event.type === 'order') heard(JSON.parse(event.data));
    });
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const timer = setTimeout(() => quiet.abort(), silence);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (done) return;
      parser.push(value);
    }
  }
}

function orderPath(id, below, clientSecret) {
  return `/v1/orders/${encodeURIComponent(id)}${below}?client_secret=${encodeURIComponent(clientSecret)}`;
}

/** Server-sent events out of text that comes in pieces (WHATWG HTML, "Parsing an event stream"). */
export class EventStreamParser {
  #rest = '';
  #type = '';
  #data = [];

  constructor(dispatch) {
    this.dispatch = dispatch;
  }

  push(text) {
    this.#rest += text;
    const lines = this.#rest.split(/\r\n|\n|\r(?!$)/); // a \r at the end may be half of \r\n
    this.#rest = lines.pop();
    lines.forEach((line) => this.#take(line));
  }

  #take(line) {
    if (line === '') return this.#finish();
    const [, field, value = ''] = /^([^:]*):? ?(.*)$/s.exec(line);
    if (field === 'event') this.#type = value;
    if (field === 'data') this.#data.push(value);
    // Comments (an empty field), id and retry say nothing that this page needs.
  }

  #finish() {
    if (this.#data.length) this.dispatch({ type: this.#type || 'message', data: this.#data.join('\n') });
    this.#type = '';
    this.#data = [];
  }
}
