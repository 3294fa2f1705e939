/**
 * Keeps the dashboard's figures fresh. The page is asked for again and only the parts that changed are replaced, so
 * nothing flickers and nobody loses their place.
 */

const interval = 10_000;
const patience = 20_000;
const words = document.getElementById('refresh');
const pause = document.getElementById('pause');
let isAsking = false;

/** The times of the page in the reader's own time. */
function localise(page) {
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
  for (const time of page.querySelectorAll('time[datetime]')) {
    time.textContent = format.format(new Date(time.dateTime));
  }
}

function show(page) {
  localise(page);
  for (const part of document.querySelectorAll('[data-part]')) {
    const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`);
    if (fresh && fresh.innerHTML !== part.innerHTML) part.replaceChildren(...fresh.childNodes);
  }
}

/** Says something to the reader; the same is not said twice. */
function tell(text) {
  if (words.textContent !== text) words.textContent = text;
}

async function refresh() {
  if (isAsking || document.hidden || pause.getAttribute('aria-pressed') === 'true') return;
  isAsking = true;
  try {
    const answer = await fetch('/dashboard', { cache: 'no-store', signal: AbortSignal.timeout(patience) });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (page.querySelector('[data-dashboard]')) {
      show(page);
      tell('');
    } else {
      location.reload(); // The session is over; the form says so.
    }
  } catch {
    tell('These figures are not up to date: the server does not answer. Trying again…');
  } finally {
    isAsking = false;
  }
}

localise(document);
pause.hidden = false;
pause.addEventListener('click', () => {
  const isPaused = pause.getAttribute('aria-pressed') !== 'true';
  pause.setAttribute('aria-pressed', String(isPaused));
  refresh();
});
document.addEventListener('visibilitychange', refresh);
setInterval(refresh, interval);
