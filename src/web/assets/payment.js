// Takes cards on the checkout: Stripe draws the fields and asks the bank, the server starts the payment and places the order.

const form = document.getElementById('counter')
const card = document.getElementById('card')
const choice = document.querySelector('[data-card-choice]')
const radio = choice.querySelector('input')
const problem = document.getElementById('card-problem')
const said = document.getElementById('said')

/** What the total comes to is in a part of the page that is replaced when it changes. */
function total() {
  const { amount, currency } = document.querySelector('[data-amount]').dataset
  return { amount: Number(amount), currency }
}

const isChosen = () => radio.checked && total().amount > 0

/** Stripe's script, asked for once it is needed. */
let loading
function stripeScript() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script')
    script.src = card.dataset.stripe
    script.addEventListener('load', () => resolve(window.Stripe))
    script.addEventListener('error', () => {
      loading = undefined
      script.remove()
      reject(new Error('The script of Stripe could not be loaded'))
    })
    document.head.append(script)
  })
  return loading
}

/** The fields, once they are there. */
let mounting
function fields() {
  mounting ??= mount().catch((error) => {
    mounting = undefined
    throw error
  })
  return mounting
}

async function mount() {
  const Stripe = await stripeScript()
  const stripe = Stripe(card.dataset.key, { locale: document.documentElement.lang })
  const dark = matchMedia('(prefers-color-scheme: dark)').matches
  const elements = stripe.elements({
    mode: 'payment',
    captureMethod: 'manual',
    ...total(),
    appearance: { theme: dark ? 'night' : 'stripe' },
  })
  const element = elements.create('payment')
  const ready = new Promise((resolve, reject) => {
    element.on('ready', resolve)
    element.on('loaderror', reject)
  })
  element.on('change', ({ empty }) => {
    // Not before something is typed: what was wrong with the last card stays to be read.
    if (!empty) tell('')
  })
  document.getElementById('card-element').replaceChildren()
  element.mount('#card-element')
  await ready
  return { stripe, elements, element }
}

function tell(words) {
  problem.textContent = words
}

async function show() {
  const chosen = isChosen()
  card.hidden = !chosen
  if (!chosen) return
  const { element } = await fields()
  // A card that was refused before the page was made is mended here.
  if (problem.textContent !== '') element.focus()
}

const notLoaded = () => tell(card.dataset.notLoaded)

/** Keeps a second click from doing anything while the first is at work. */
function setWorking(working) {
  const button = form.querySelector('button[value="pay"]')
  if (working) button.setAttribute('aria-disabled', 'true')
  else button.removeAttribute('aria-disabled')
  said.textContent = working ? card.dataset.working : ''
}

/** The page that the server answers with, without losing what was typed into the fields of Stripe. */
async function showAnswer(response) {
  if (response.redirected) return location.assign(response.url)
  // The shop is busy: what was typed stays.
  if (response.status >= 429) return tell(card.dataset.failed)
  const page = new DOMParser().parseFromString(await response.text(), 'text/html')
  const parts = ['#counter-parts', '#summary-part']
  if (page.querySelector(parts[0]) !== null) {
    for (const part of parts) document.querySelector(part).replaceWith(page.querySelector(part))
    tell(page.getElementById('card-problem')?.textContent ?? '')
    if (problem.textContent !== '') return (await fields()).element.focus()
  } else {
    document.querySelector('main').replaceWith(page.querySelector('main'))
    document.title = page.title
  }
  document.querySelector('[data-focus]')?.focus()
}

async function refuse({ message }, { element }) {
  tell(message)
  element.focus()
}

/** The fields are complete, and their amount is the one that is charged. */
async function complete({ elements }, money) {
  elements.update(money)
  return (await elements.submit()).error
}

async function pay() {
  const counter = await fields()
  const shown = total()
  const incomplete = await complete(counter, shown)
  if (incomplete !== undefined) return refuse(incomplete, counter)
  const body = new URLSearchParams([...new FormData(form), ['step', 'pay']])
  const response = await fetch(form.action, { method: 'POST', body, headers: { accept: 'application/json' } })
  if (!response.headers.get('content-type').startsWith('application/json')) return showAnswer(response)
  const { clientSecret, returnUrl, ...money } = await response.json()
  if (money.amount !== shown.amount) {
    const changed = await complete(counter, money)
    if (changed !== undefined) return refuse(changed, counter)
  }
  const { stripe, elements } = counter
  const { error } = await stripe.confirmPayment({
    elements,
    clientSecret,
    confirmParams: { return_url: returnUrl },
    redirect: 'if_required',
  })
  // A payment that was agreed to in another window is found there, too.
  const isOver = error?.code === 'payment_intent_unexpected_state'
  if (error !== undefined && !isOver) return refuse(error, counter)
  location.replace(returnUrl)
  // Nothing more is taken here while the page goes away.
  return new Promise(() => {})
}

let paying = false
form.addEventListener('submit', async (event) => {
  if (event.submitter?.value !== 'pay' || !isChosen()) return
  event.preventDefault()
  event.stopPropagation()
  if (paying) return
  paying = true
  setWorking(true)
  tell('')
  try {
    await pay()
  } catch {
    tell(card.dataset.failed)
  } finally {
    paying = false
    setWorking(false)
  }
})

form.addEventListener('change', (event) => {
  if (event.target.name === 'payment') show().catch(notLoaded)
})
// There is something to pay now, or nothing any more.
document.addEventListener('swapped', () => show().catch(notLoaded))
// Browsers bring pages back as they were, after what was paid on them, too.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload()
})

choice.hidden = false
if (radio.dataset.open !== undefined) radio.checked = true
show().catch(notLoaded)
