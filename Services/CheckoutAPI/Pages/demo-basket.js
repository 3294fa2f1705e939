/** What the buyer has chosen, kept in the tab's storage so that a reload or a redirect to a bank loses nothing. */

export const mostOfOne = 99;

/** Storage that may be switched off: the page then works until it is reloaded. */
class TabStore {
  #name;

  constructor(name) {
    this.#name = name;
  }

  read() {
    try {
      return JSON.parse(sessionStorage.getItem(this.#name)) ?? {};
    } catch {
      return {};
    }
  }

  write(value) {
    try {
      sessionStorage.setItem(this.#name, JSON.stringify(value));
    } catch {
      // Full or forbidden: nothing depends on it but convenience.
    }
  }
}

export class Basket {
  #store;
  #quantities;
  #attempt;
  #items = new Map();

  constructor(tenantID) {
    this.#store = new TabStore(`checkout-demo:${tenantID}`);
    const kept = this.#store.read();
    this.#quantities = new Map(Object.entries(kept.quantities ?? {}));
    this.#attempt = kept.attempt ?? null;
  }

  #save() {
    this.#store.write({ quantities: Object.fromEntries(this.#quantities), attempt: this.#attempt });
  }

  /** Takes the catalog's prices; what is no longer sold, or not in the basket's currency, leaves the basket. */
  setCatalog(items) {
    this.#items = new Map(items.map((item) => [item.sku, item]));
    for (const sku of this.#quantities.keys()) {
      if (this.#items.get(sku)?.currency !== this.currency) this.#quantities.delete(sku);
    }
    this.#save();
  }

  quantity(sku) {
    return this.#quantities.get(sku) ?? 0;
  }

  change(sku, by) {
    const quantity = Math.min(Math.max(this.quantity(sku) + by, 0), mostOfOne);
    if (quantity) this.#quantities.set(sku, quantity);
    else this.#quantities.delete(sku);
    this.#save();
  }

  clear() {
    this.#quantities.clear();
    this.#attempt = null;
    this.#save();
  }

  /** In the order in which they were added. */
  get lines() {
    return [...this.#quantities]
      .map(([sku, quantity]) => ({ item: this.#items.get(sku), quantity }))
      .filter(({ item }) => item)
      .map(({ item, quantity }) => ({ item, quantity, amount: item.unit_amount * quantity }));
  }

  get count() {
    return this.lines.reduce((sum, line) => sum + line.quantity, 0);
  }

  get total() {
    return this.lines.reduce((sum, line) => sum + line.amount, 0);
  }

  /** One order has one currency: that of the first item; `null` while the basket is empty. */
  get currency() {
    return this.lines[0]?.item.currency ?? null;
  }

  /** The body of `POST /v1/payment_intents`; skus in a fixed order, so that the same basket is the same request. */
  request(email) {
    const items = this.lines
      .map(({ item, quantity }) => ({ sku: item.sku, quantity }))
      .sort((one, other) => (one.sku < other.sku ? -1 : 1));
    return { items, ...(email && { customer_email: email }) };
  }

  /** The same request keeps its key until it is settled, so that a retry continues the same order. */
  idempotencyKey(request) {
    const fingerprint = JSON.stringify(request);
    if (this.#attempt?.fingerprint !== fingerprint) {
      this.#attempt = { fingerprint, key: crypto.randomUUID() };
      this.#save();
    }
    return this.#attempt.key;
  }

  /** The basket is paid: a reload finds it empty, while the page still shows what was bought. */
  settle() {
    this.#attempt = null;
    this.#store.write({});
  }

  /** The next request is a new order: this one was refused. */
  forgetAttempt() {
    this.#attempt = null;
    this.#save();
  }

  /** Remembers which of Stripe's publishable keys an order is paid with, for the way back from a redirect. */
  rememberOrder(order) {
    if (this.#attempt) this.#attempt.order = { id: order.id, publishable_key: order.publishable_key };
    this.#save();
  }

  publishableKey(orderID) {
    const known = this.#attempt?.order;
    return known?.id === orderID ? known.publishable_key : null;
  }
}
