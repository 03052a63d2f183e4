// Makes pages quicker. Everything works without it: links lead, forms are sent, and the server says the rest.

const said = document.getElementById('said')

/** Tells who cannot see that something has changed. */
function say(text) {
  if (said !== null) said.textContent = text
}

// How much is in the cart, and who is signed in: pages that everybody shares do not know.
const cart = document.querySelector('[data-cart]')
if (cart !== null && cart.dataset.cart !== '') {
  fetch(cart.dataset.cart, { headers: { accept: 'application/json' } })
    .then((response) => response.json())
    .then(({ cartCount, name }) => {
      const count = cart.querySelector('[data-count]')
      count.textContent = String(cartCount)
      count.hidden = cartCount === 0
      if (name !== null) document.querySelector('[data-name]').textContent = name
    })
    .catch(() => undefined)
}

// A second click on a button that is still working does nothing. Coming back to the page makes it a button again.
document.addEventListener('submit', (event) => {
  const form = event.target
  if (form.method !== 'post') return
  if (form.dataset.sent === 'true') {
    event.preventDefault()
    return
  }
  form.dataset.sent = 'true'
  event.submitter?.setAttribute('aria-disabled', 'true')
})
window.addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) {
    delete form.dataset.sent
    for (const button of form.querySelectorAll('[aria-disabled]')) button.removeAttribute('aria-disabled')
  }
})

let swaps = 0

/**
 * Puts parts of another page in the place of this page's, and keeps the focus where it was. What comes after something
 * newer was asked for is not shown.
 */
async function swap(address, selectors, options) {
  const places = selectors.split(',').map((selector) => document.querySelector(selector))
  if (places.includes(null)) return false
  swaps += 1
  const turn = swaps
  const focused = document.activeElement
  for (const place of places) place.setAttribute('aria-busy', 'true')
  try {
    const response = await fetch(address, options)
    const page = new DOMParser().parseFromString(await response.text(), 'text/html')
    const parts = selectors.split(',').map((selector) => page.querySelector(selector))
    if (turn !== swaps) return null
    if (parts.includes(null)) return false
    for (const [index, place] of places.entries()) replace(place, parts[index])
    document.title = page.title
    if (!focused.isConnected) find(focused, parts)?.focus()
    document.dispatchEvent(new Event('swapped'))
    say(parts.map((part) => part.querySelector('[role="status"], .stock, [data-total]')?.textContent ?? '').join(' '))
    return true
  } finally {
    for (const place of places) place.removeAttribute('aria-busy')
  }
}

/** What was opened stays open. */
function replace(place, part) {
  const open = [...place.querySelectorAll('details')].map((details) => details.open)
  for (const [index, details] of part.querySelectorAll('details').entries()) details.open = open[index] ?? details.open
  place.replaceWith(part)
}

/** The element that has taken another's place. */
function find(gone, parts) {
  const same = (name) => (element) => gone.hasAttribute(name) && element.getAttribute(name) === gone.getAttribute(name)
  const candidates = parts.flatMap((part) => [part, ...part.querySelectorAll('a[href], button, input, select')])
  return (
    candidates.find(same('id')) ??
    candidates.find(same('href')) ??
    candidates.find((element) => same('name')(element) && same('value')(element)) ??
    candidates.find(same('name'))
  )
}

async function goTo(address, selector) {
  const done = await swap(address, selector).catch(() => false)
  if (done) history.replaceState(null, '', address)
  else if (done === false) location.assign(address)
}

document.addEventListener('click', (event) => {
  const link = event.target.closest?.('a[data-swap]')
  if (link === null || link === undefined || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
  event.preventDefault()
  goTo(link.href, link.dataset.swap)
})

function addressOfForm(form) {
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ''))
  return `${form.action.split('?')[0]}${query.size === 0 ? '' : `?${query}`}`
}

document.addEventListener('submit', (event) => {
  const form = event.target
  if (form.dataset.swap === undefined || form.method === 'post') return
  event.preventDefault()
  goTo(addressOfForm(form), form.dataset.swap)
})

document.addEventListener('change', (event) => {
  const form = event.target.form
  if (form?.dataset.swap === undefined) return
  if (form.method !== 'post') goTo(addressOfForm(form), form.dataset.swap)
  else if (event.target.dataset.renew !== undefined) {
    const body = new URLSearchParams([...new FormData(form), ['step', 'renew']])
    const options = { method: 'POST', body }
    const parts = event.target.dataset.renew || form.dataset.swap
    swap(form.dataset.renew, parts, options).catch(() => undefined)
  }
})

// What is typed into the search is looked for at once.
const search = document.querySelector('[data-suggest]')
if (search !== null) {
  const list = document.createElement('ul')
  list.className = 'suggestions'
  list.hidden = true
  search.form.append(list)
  let timer
  let asked = ''
  search.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(async () => {
      const words = search.value.trim()
      asked = words
      const found =
        words.length < 2 ? [] : await fetch(`${search.dataset.suggest}?${new URLSearchParams({ q: words })}`).then((r) => r.json())
      if (asked !== words) return
      list.replaceChildren(
        ...found.map(({ title, vendor, to }) => {
          const entry = document.createElement('li')
          const link = document.createElement('a')
          const small = document.createElement('small')
          link.href = to
          small.textContent = ` ${vendor}`
          link.append(title, small)
          entry.append(link)
          return entry
        }),
      )
      list.hidden = found.length === 0
    }, 150)
  })
  search.form.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') list.hidden = true
    const links = [...list.querySelectorAll('a')]
    if (list.hidden || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return
    event.preventDefault()
    const at = links.indexOf(document.activeElement) + (event.key === 'ArrowDown' ? 1 : -1)
    if (at < 0) search.focus()
    else links[Math.min(at, links.length - 1)].focus()
  })
  search.form.addEventListener('focusout', (event) => {
    if (!search.form.contains(event.relatedTarget)) list.hidden = true
  })
}

// On wide screens there is room for what a list can be narrowed by.
if (matchMedia('(min-width: 52rem)').matches) for (const details of document.querySelectorAll('.facets')) details.open = true

document.querySelector('[data-focus]')?.focus()
