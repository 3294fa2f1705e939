/** The order as it lives: a watch on its stream, and the timeline that shows it. */
import { byID, pause, showNotice } from './demo-dom.js';
import { explain } from './demo-errors.js';

const final = new Set(['active', 'canceled', 'expired', 'partially_refunded', 'refunded', 'disputed', 'ended']);
const hopeless = new Set([400, 401, 403, 404]);
const firstDelay = 500; // ms
const longestDelay = 10_000; // ms

/** Follows one order until it is final; connects again, with growing gaps, whenever the stream ends before. */
export class OrderWatch {
  #api;
  #order;
  #clientSecret;
  #view;
  #stopped = new AbortController();
  #nudged = new AbortController();
  #failures = 0;

  constructor(api, order, clientSecret, view) {
    this.#api = api;
    this.#order = order;
    this.#clientSecret = clientSecret;
    this.#view = view;
  }

  /** Never rejects: what goes wrong is shown. */
  async run() {
    while (!this.#stopped.signal.aborted && !final.has(this.#order.status)) {
      try {
        const heard = (order) => this.#heard(order);
        await this.#api.followOrder(this.#order.id, this.#clientSecret, this.#stopped.signal, heard);
      } catch (failure) {
        if (this.#stopped.signal.aborted) return;
        if (hopeless.has(failure.status)) return this.#view.showNotice(explain(failure));
        this.#view.showNotice({ title: 'Live updates were interrupted.', mend: 'Connecting again…' });
      }
      if (!final.has(this.#order.status)) await this.#gap();
    }
    this.#stopped.abort(); // the server may keep a finished order's stream open
  }

  #heard(order) {
    if (this.#stopped.signal.aborted) return;
    // Not for every message: a server that ends the stream after each would be called without a pause.
    if (order.status !== this.#order.status) this.#failures = 0;
    this.#order = order;
    this.#view.showNotice(null);
    this.#view.show(order);
    if (final.has(order.status)) this.#stopped.abort();
  }

  async #gap() {
    const delay = Math.min(firstDelay * 2 ** this.#failures, longestDelay) * (0.8 + 0.4 * Math.random());
    this.#failures += 1;
    this.#nudged = new AbortController();
    await pause(delay, AbortSignal.any([this.#stopped.signal, this.#nudged.signal]));
  }

  /** Something is about to happen: connect now rather than at the end of the gap. */
  nudge() {
    this.#failures = 0;
    this.#nudged.abort();
  }

  stop() {
    this.#stopped.abort();
  }
}

const stopped = (headline) => ({ headline, placed: 'done', paid: 'stopped', active: 'todo' });
const awaited = (headline) => ({ headline, placed: 'done', paid: 'now', active: 'todo' });
const ran = (headline) => ({ headline, placed: 'done', paid: 'done', active: 'done' });

/** How each status of the contract looks; one that is not here yet is shown by its name. */
const looks = {
  pending: awaited('Waiting for your payment.'),
  requires_action: awaited('Your bank asks you to confirm the payment.'),
  processing: awaited('Your payment is being processed.'),
  paid: { ...ran('Payment received. Your order is about to become active.'), active: 'now' },
  active: ran('Your order is active.'),
  failed: stopped('The payment failed. You can try another card.'),
  canceled: stopped('This order was canceled.'),
  expired: stopped('This order expired before it was paid.'),
  partially_refunded: ran('Part of this order was refunded.'),
  refunded: ran('This order was refunded.'),
  disputed: ran('The payment of this order is disputed.'),
  past_due: ran('A payment of this order is overdue.'),
  ended: ran('This order has ended.'),
};

export class OrderView {
  #confirmed = false;
  #status = 'none';
  #changed;

  /** @param {(order: object) => void} changed called after each state shown */
  constructor(changed) {
    this.#changed = changed;
  }

  reset() {
    this.#confirmed = false;
    this.#status = 'none';
    byID('order-status').dataset.status = 'none';
    byID('order-headline').textContent = '';
    byID('order-again').hidden = true;
    this.showNotice(null);
    for (const step of document.querySelectorAll('.timeline li')) {
      step.dataset.state = 'todo';
      step.querySelector('time').textContent = '';
      step.querySelector('p').textContent = '';
    }
  }

  showNotice(notice) {
    showNotice(byID('order-notice'), notice);
  }

  /** Stripe says it is paid; the order says so once Stripe's notification has arrived. */
  showConfirmed(order) {
    this.#confirmed = true;
    this.show(order);
  }

  show(order) {
    const { status } = order;
    const look = looks[status] ?? ran(`Order status: ${status.replaceAll('_', ' ')}.`);
    byID('order-status').dataset.status = status;
    byID('order-id').textContent = order.id;
    byID('order-again').hidden = !final.has(status);
    this.#say(this.#headline(look, status));
    this.#step('placed', look.placed, order.created);
    // The order does not say when it was paid; a page that has just been loaded does not know either.
    const seenPaid = status === 'paid' && this.#status !== 'none';
    this.#step('paid', look.paid, seenPaid && Date.now() / 1000, order.failure?.message);
    this.#step('active', look.active, order.activated_at);
    this.#status = status;
    this.#changed(order);
  }

  #headline(look, status) {
    const early = ['pending', 'requires_action', 'processing', 'failed'].includes(status);
    if (!early || !this.#confirmed) return look.headline;
    return 'Stripe has confirmed your payment. Waiting for its notification to reach the shop.';
  }

  /** A live region speaks whenever its text is set, so it is set only when it changes. */
  #say(text) {
    const headline = byID('order-headline');
    if (headline.textContent !== text) headline.textContent = text;
  }

  #step(name, state, time, detail) {
    const node = document.querySelector(`.timeline li[data-step="${name}"]`);
    const shown = this.#confirmed && state === 'stopped' ? 'now' : state;
    node.dataset.state = shown;
    if (shown === 'now') node.setAttribute('aria-current', 'step');
    else node.removeAttribute('aria-current');
    node.querySelector('p').textContent = shown === 'stopped' ? detail ?? '' : '';
    const clock = node.querySelector('time');
    if (state !== 'done') clock.textContent = '';
    else if (time && !clock.textContent) stamp(clock, new Date(time * 1000));
  }
}

function stamp(clock, date) {
  clock.dateTime = date.toISOString();
  clock.textContent = date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}
