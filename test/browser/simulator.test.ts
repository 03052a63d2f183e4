import assert from 'node:assert/strict'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import type Stripe from 'stripe'
import { useBrowser } from '../support/browser.js'
import { type Bench, startBench } from '../simulator/simulator.js'

describe('the stand-in for Stripe.js', function () {
  this.timeout(60_000)
  let bench: Bench
  let stripe: Stripe
  const browser = useBrowser()
  let shop: http.Server
  let shopUrl: string
  let page: Page

  before(async () => {
    bench = await startBench()
    stripe = bench.client()
    shop = http.createServer((request, response) => servePage(bench.simulator.url, request, response))
    await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
    shopUrl = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`
    page = await browser().newPage()
  })
  after(async () => {
    shop?.closeAllConnections()
    shop?.close()
    await bench?.simulator.stop()
  })

  async function openShop(): Promise<Stripe.PaymentIntent> {
    const intent = await stripe.paymentIntents.create({ amount: 2_500, currency: 'eur', capture_method: 'manual' })
    await page.goto(`${shopUrl}/pay?secret=${intent.client_secret}`)
    await page.getByLabel('Card number').waitFor()
    return intent
  }

  async function pay(number: string, button = 'Pay'): Promise<void> {
    await page.getByLabel('Card number').fill(number)
    await page.getByLabel('Expiry date').fill('12/34')
    await page.getByLabel('Security code').fill('123')
    await page.getByRole('button', { name: button, exact: true }).click()
  }

  it('pays with a card and returns to the shop', async () => {
    const intent = await openShop()
    await pay('4242 4242 4242 4242')
    await page.waitForURL(/\/done\?/)
    assert.equal(new URL(page.url()).searchParams.get('redirect_status'), 'succeeded')
    assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, 'requires_capture')
  })

  it('shows what the shopper can mend, and takes another card', async () => {
    const intent = await openShop()
    await pay('4242')
    await page.getByText('Your card number is incomplete.').waitFor()
    await pay('4000 0000 0000 9995')
    await page.getByText('Your card has insufficient funds.').waitFor()
    await pay('4242 4242 4242 4242')
    await page.waitForURL(/\/done\?/)
    assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, 'requires_capture')
  })

  it("goes to the bank's page and comes back, whatever the shopper chose there", async () => {
    for (const [button, status] of [
      ['Fail', 'requires_payment_method'],
      ['Complete', 'requires_capture'],
    ] as const) {
      const intent = await openShop()
      await pay('4000 0000 0000 3220')
      await page.getByText('Authentication by your bank').waitFor()
      await page.getByRole('button', { name: button }).click()
      await page.waitForURL(/\/done\?/)
      assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, status)
    }
  })

  it("shows the bank's page over the shop's when there is nowhere to return to", async () => {
    const intent = await openShop()
    await pay('4000 0000 0000 3220', 'Pay here')
    await page.frameLocator('iframe').getByRole('button', { name: 'Complete' }).click()
    await page.getByText('requires_capture').waitFor()
    assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, 'requires_capture')
  })
})

/** A shop that allows scripts of its own and of Stripe, and nothing inline. */
function servePage(stripeUrl: string, request: http.IncomingMessage, response: http.ServerResponse): void {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  const policy = `default-src 'none'; script-src 'self' ${stripeUrl}; connect-src ${stripeUrl}; frame-src ${stripeUrl}`
  if (pathname === '/shop.js') return void response.writeHead(200, { 'content-type': 'text/javascript' }).end(shopScript)
  response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy })
  if (pathname !== '/pay') return void response.end('<!doctype html><p>Thank you')
  response.end(
    `<!doctype html><div id="payment"></div><button id="pay">Pay</button><button id="here">Pay here</button><p id="result"></p>
     <script src="${stripeUrl}/v3/"></script><script src="/shop.js"></script>`,
  )
}

const shopScript = `
const clientSecret = new URLSearchParams(location.search).get('secret')
const stripe = Stripe('pk_test_shop')
const elements = stripe.elements({ clientSecret })
const card = elements.create('payment')
card.mount('#payment')
const tell = ({ error, paymentIntent }) => { document.querySelector('#result').textContent = error ? error.message : paymentIntent.status }
document.querySelector('#pay').onclick = async () => {
  tell(await stripe.confirmPayment({ elements, confirmParams: { return_url: location.origin + '/done' } }))
}
document.querySelector('#here').onclick = async () => tell(await stripe.confirmCardPayment(clientSecret, { payment_method: { card } }))
`
