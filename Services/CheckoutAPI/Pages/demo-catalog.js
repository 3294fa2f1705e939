/** The catalog's cards and the basket beside them. */
import { byID, make, showNotice } from './demo-dom.js';
import { formatMoney } from './demo-money.js';
import { mostOfOne } from './demo-basket.js';

export class CatalogView {
  #basket;
  #cards = new Map();
  #basketInView = false;

  constructor(basket) {
    this.#basket = basket;
    // The bar of narrow screens points to the basket; where that is seen it would only cover it.
    new IntersectionObserver(([entry]) => {
      this.#basketInView = entry.isIntersecting;
      this.#refreshBar();
    }).observe(byID('basket'));
  }

  showItems(items) {
    byID('catalog').removeAttribute('aria-busy');
    this.#cards = new Map(items.map((item) => [item.sku, this.#card(item)]));
    byID('catalog-items').replaceChildren(...[...this.#cards.values()].map((card) => card.node));
    showNotice(byID('catalog-notice'), items.length ? null : {
      title: 'The catalog is empty.', mend: 'Add an item with checkoutctl catalog, then reload the page.',
    });
    this.refresh();
  }

  showFailure(notice, retry) {
    byID('catalog').removeAttribute('aria-busy');
    byID('catalog-items').replaceChildren();
    showNotice(byID('catalog-notice'), { action: { label: 'Try again', run: retry }, ...notice });
  }

  showLoading() {
    byID('catalog').setAttribute('aria-busy', 'true');
    showNotice(byID('catalog-notice'), null);
    const skeleton = () => make('li', { className: 'skeleton', aria: { hidden: 'true' } });
    byID('catalog-items').replaceChildren(skeleton(), skeleton(), skeleton());
  }

  #card(item) {
    const change = (by) => () => {
      this.#basket.change(item.sku, by);
      this.refresh();
      if (remove.hidden) add.focus(); // the button that was pressed is gone
    };
    const remove = make('button', {
      type: 'button', className: 'step', data: { action: 'remove' }, onclick: change(-1),
      aria: { label: `One ${item.name} less` },
    }, '−');
    const count = make('output', { className: 'count', aria: { live: 'polite' } });
    const add = make('button', { type: 'button', className: 'step', data: { action: 'add' }, onclick: change(1) });
    const note = make('p', { className: 'quiet small' });
    const node = make('li', { className: 'catalog-item', data: { sku: item.sku } },
      picture(item),
      make('div', { className: 'about' },
        make('h2', {}, item.name),
        make('p', { className: 'quiet' }, item.description ?? ''),
        make('p', { className: 'price' }, formatMoney(item.unit_amount, item.currency))),
      make('div', { className: 'stepper' }, remove, count, add), note);
    return { item, node, remove, count, add, note };
  }

  refresh() {
    for (const card of this.#cards.values()) this.#refreshCard(card);
    this.#refreshBasket();
  }

  #refreshCard({ item, remove, count, add, note }) {
    const quantity = this.#basket.quantity(item.sku);
    const currency = this.#basket.currency;
    const foreign = currency !== null && currency !== item.currency;
    remove.hidden = quantity === 0;
    count.hidden = quantity === 0;
    count.textContent = quantity ? String(quantity) : '';
    add.textContent = quantity ? '+' : 'Add to basket';
    add.classList.toggle('first', quantity === 0);
    add.setAttribute('aria-label', quantity ? `One ${item.name} more` : `Add ${item.name} to basket`);
    add.disabled = foreign || quantity >= mostOfOne;
    note.textContent = foreign ? `Priced in ${item.currency.toUpperCase()}: order it by itself.` : '';
  }

  #refreshBasket() {
    const { lines, count, total, currency } = this.#basket;
    byID('basket-empty').hidden = count > 0;
    byID('basket-total').hidden = count === 0;
    byID('pay-start').disabled = count === 0;
    byID('basket-lines').replaceChildren(...lines.map(basketLine));
    byID('basket-amount').textContent = count ? formatMoney(total, currency) : '';
    this.#refreshBar();
  }

  #refreshBar() {
    const { count, total, currency } = this.#basket;
    const bar = byID('basket-bar');
    bar.hidden = count === 0 || this.#basketInView;
    const items = `${count} ${count === 1 ? 'item' : 'items'}`;
    bar.textContent = count ? `Basket: ${items}, ${formatMoney(total, currency)}` : '';
  }
}

function basketLine({ item, quantity, amount }) {
  return make('li', {},
    make('span', {}, make('span', { className: 'quiet' }, `${quantity} × `), item.name),
    make('span', { className: 'amount' }, formatMoney(amount, item.currency)));
}

/** The page's policy shows images of its own address and data: only; others get a coloured monogram. */
function picture(item) {
  const own = item.image && (item.image.startsWith('data:image/')
    || new URL(item.image, document.baseURI).origin === window.location.origin);
  if (own) return make('img', { className: 'picture', src: item.image, alt: '', loading: 'lazy' });
  const letter = [...item.name.trim()][0] ?? '·';
  const tile = make('div', { className: 'picture', aria: { hidden: 'true' } }, letter.toUpperCase());
  const hue = [...item.sku].reduce((sum, character) => (sum * 31 + character.codePointAt(0)) % 360, 7);
  tile.style.setProperty('--hue', String(hue));
  return tile;
}
