import { publishableKeyOf } from '../../payments/index.js'
import { type Instructions, instructionsIn } from '../../stores/index.js'
import { paymentScriptAddress } from '../assets.js'
import { contextOf } from '../context.js'
import { stripeScriptAddress } from '../security.js'
import { WriteToUs } from './contact.js'
import type { Order } from '../answers.js'
import type { Visit } from '../visit.js'
import { orderPayingWordsOf } from '../words/order-paying.js'
import { payingWordsOf } from '../words/paying.js'

export const cardProvider = 'pp_stripe_stripe'
const manualProvider = 'pp_system_default'

/** How a shopper can pay, in the order of the region. */
export interface PaymentChoices {
  providers: readonly string[]
  /** What the browser knows the store's account by; null where cards are not taken. */
  cardKey: string | null
}

/** The ways to pay in the region of a cart or an order that the page can show. Cards need an account of the store that is in use. */
export async function paymentChoices(visit: Visit, { region_id }: { region_id: string }): Promise<PaymentChoices> {
  const query = { region_id }
  const { payment_providers } = await visit.api.get<{ payment_providers: { id: string }[] }>('/store/payment-providers', { query })
  const ids = payment_providers.map(({ id }) => id)
  const cardKey = ids.includes(cardProvider) ? await publishableKeyOf(contextOf(visit), cardProvider) : null
  return { providers: ids.filter((id) => id === manualProvider || (id === cardProvider && cardKey !== null)), cardKey }
}

/** What the store says of a way to pay that a person sees to, in the page's language. */
export function instructionsOf({ shop, locale }: Visit, providerId: string): Instructions | undefined {
  return instructionsIn(shop.payment_instructions, providerId, locale, shop.locales[0])
}

interface PaymentOf {
  visit: Visit
  choices: PaymentChoices
  /** What the shopper chose; '' before. */
  chosen: string
  problem: string | undefined
}

/** Cards are offered by the script, which draws their fields. Without it the other ways are there, and why cards are not. */
export function PaymentMethods({ visit, choices, chosen, problem }: PaymentOf) {
  const { words } = visit
  const { providers, cardKey } = choices
  const others = providers.filter((id) => id !== cardProvider)
  const checked = chosen === '' ? others[0] : chosen
  const isOfCard = cardKey !== null && chosen === cardProvider
  return (
    <section aria-labelledby="payment" id="payment-part">
      <h2 id="payment">{words.payment}</h2>
      <fieldset
        class="choices"
        id="field-payment"
        {...(problem === undefined || isOfCard ? {} : { 'aria-describedby': 'field-payment-problem' })}
      >
        <legend class="unseen">{words.payment}</legend>
        {providers.map((id) =>
          id === cardProvider ? (
            <Card
              key={id}
              visit={visit}
              cardKey={cardKey as string}
              checked={isOfCard}
              isOpen={chosen === ''}
              problem={isOfCard ? problem : undefined}
            />
          ) : (
            <label key={id} class="choice">
              <input type="radio" name="payment" value={id} checked={id === checked} />
              <ByHand visit={visit} providerId={id} />
            </label>
          ),
        )}
      </fieldset>
      {providers.length === 0 && (
        <>
          <p class="problem">{words.noPayment}</p>
          <WriteToUs visit={visit} />
        </>
      )}
      {problem !== undefined && !isOfCard && (
        <p class="problem" id="field-payment-problem">
          {problem}
        </p>
      )}
    </section>
  )
}

/** Without words of the store it is said that it will tell how. */
function ByHand({ visit, providerId }: { visit: Visit; providerId: string }) {
  const { manual, manualText } = visit.words.payments
  const said = instructionsOf(visit, providerId)
  return (
    <span>
      <bdi>{said?.name ?? manual}</bdi>
      <span class="note as-typed">{said?.text ?? manualText}</span>
    </span>
  )
}

/** How an order is paid that a person sees to: as long as it is not, and right after it was placed. */
export function HowToPay({ visit, order }: { visit: Visit; order: Order }) {
  const isNew = visit.query.get('placed') === 'true'
  const payments = (order.payment_collections ?? []).flatMap((collection) => collection.payments ?? [])
  const open = payments.findLast((one) => one.canceled_at === null && (isNew || one.captured_amount < one.amount))
  const said = open === undefined || order.status === 'canceled' ? undefined : instructionsOf(visit, open.provider_id)
  if (open === undefined || said === undefined) return null
  // What was taken off the order since, or is on its way back, is not to be paid.
  const left = Math.min(open.amount, order.summary.pending_difference)
  if (left <= 0 && !isNew) return null
  const words = orderPayingWordsOf(visit.locale)
  return (
    <section class="how-to-pay" aria-labelledby="how-to-pay">
      <h2 id="how-to-pay">
        {words.howToPay}: <bdi>{said.name}</bdi>
      </h2>
      <p class="as-typed">{said.text}</p>
      <dl>
        <div>
          <dt>{words.amount}</dt>
          <dd>{visit.money(left > 0 ? left : open.amount, order.currency_code)}</dd>
        </div>
        <div>
          <dt>{words.reference}</dt>
          <dd>
            <bdi>{order.display_id}</bdi>
          </dd>
        </div>
      </dl>
    </section>
  )
}

interface CardOf {
  visit: Visit
  cardKey: string
  checked: boolean
  /** The shopper has chosen nothing yet: the script chooses it. */
  isOpen: boolean
  problem: string | undefined
}

function Card({ visit, cardKey, checked, isOpen, problem }: CardOf) {
  const paying = payingWordsOf(visit.locale)
  return (
    <>
      <label class="choice" hidden data-card-choice>
        <input type="radio" name="payment" value={cardProvider} checked={checked} {...(isOpen ? { 'data-open': '' } : {})} />
        <span>
          {paying.card}
          <span class="note">{paying.cardText}</span>
        </span>
      </label>
      <noscript>
        <p class="note">{paying.cardNeedsScript}</p>
      </noscript>
      <fieldset
        class="card-fields"
        id="card"
        aria-describedby="card-problem"
        hidden
        data-key={cardKey}
        data-stripe={stripeScriptAddress(visit.services.config.stripeApiUrl)}
        data-not-loaded={paying.cardNotLoaded}
        data-failed={paying.cardUnavailable}
        data-working={paying.working}
      >
        <legend class="unseen">{paying.cardFields}</legend>
        <div id="card-element">
          <p class="note">{paying.cardLoading}</p>
        </div>
        <p class="problem" id="card-problem" aria-live="assertive">
          {problem}
        </p>
      </fieldset>
      <script type="module" src={paymentScriptAddress} />
    </>
  )
}
