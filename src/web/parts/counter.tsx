import { isNamed } from '../../translations/index.js'
import { toMinor } from '../../kernel/index.js'
import type { Address, Cart } from '../answers.js'
import type { VendorPart } from '../carts.js'
import { usesStoreCredit } from '../credit.js'
import { email_characters } from '../emails.js'
import { sameAddress } from '../kept-addresses.js'
import { showsTax, type Visit } from '../visit.js'
import { counterWordsOf } from '../words/counter.js'
import { payingWordsOf } from '../words/paying.js'
import { AddressFields, BillingFields, emptyAddress, tellsTax, type TypedAddress } from './address-fields.js'
import { addressLines } from './address-lines.js'
import { Codes } from './codes.js'
import { Deliveries } from './deliveries.js'
import { Field, ProblemList, type Problems, Select } from './fields.js'
import { cardProvider, type PaymentChoices, PaymentMethods } from './payment.js'
import { TotalsList } from './totals.js'

/** What a shopper has typed into the checkout. */
export interface Typed {
  email: string
  address: TypedAddress
  /** Where the bill goes; null where the parcels go. */
  billing: TypedAddress | null
  /** The address is to be kept with the account. */
  keep: boolean
  /** Id of the payment provider; '' before one is chosen. */
  payment: string
}

/** Everything that the page shows. */
export interface Counter {
  cart: Cart
  parts: readonly VendorPart[]
  choices: PaymentChoices
  /** The customer's addresses in the cart's region; none for guests. */
  kept: readonly Address[]
  /** The customer's store credit in the cart's currency. */
  storeCredit: number
  typed: Typed
  problems: Problems
}

interface CounterOf {
  visit: Visit
  counter: Counter
}

export function CounterForm({ visit, counter }: CounterOf) {
  const { words } = visit
  const { parts, typed, problems } = counter
  const action = visit.to('/checkout')
  // What is wrong with a card is said at the card, where the script leads.
  const { payment: atCard, ...others } = problems
  const listed = typed.payment === cardProvider && atCard !== undefined ? others : problems
  return (
    <form
      class="counter"
      id="counter"
      action={action}
      method="post"
      novalidate
      data-swap="#province,#delivery-choices,#summary-part"
      data-renew={action}
    >
      <div class="counter-fields">
        <div class="counter-fields" id="counter-parts">
          <ProblemList visit={visit} problems={listed} />
          {visit.identified.actor === null && (
            <p class="note">
              {words.haveAccount} <a href={`${visit.to('/sign-in')}?next=/checkout`}>{words.signIn}</a>
            </p>
          )}
          <section aria-labelledby="contact">
            <h2 id="contact">{words.contact}</h2>
            <Field
              visit={visit}
              name="email"
              label={words.fields.email}
              type="email"
              value={typed.email}
              problems={problems}
              autocomplete="email"
              hint={words.emailHint}
              maxLength={email_characters}
              required
            />
          </section>
          <Addresses visit={visit} counter={counter} />
          <section aria-labelledby="delivery" id="delivery-choices">
            <h2 id="delivery">{words.delivery}</h2>
            {parts.map((part) => (
              <Deliveries key={part.vendor.id} visit={visit} part={part} />
            ))}
            <button class="quiet" type="submit" name="step" value="renew">
              {words.renewTotal}
            </button>
          </section>
        </div>
        <PaymentMethods visit={visit} choices={counter.choices} chosen={typed.payment} problem={problems.payment} />
      </div>
      <Summary visit={visit} counter={counter} />
    </form>
  )
}

/** Where the parcels go: one of the addresses that the customer keeps, or another; and where the bill goes. */
function Addresses({ visit, counter }: CounterOf) {
  const { cart, typed, problems, kept } = counter
  const words = counterWordsOf(visit.locale)
  const chosen = sameAddress(kept, typed.address)?.id ?? ''
  const line = (address: Address) => addressLines(visit.locale, address).join(', ')
  return (
    <section aria-labelledby="address" id="address-part">
      <h2 id="address">{visit.words.address}</h2>
      {kept.length > 0 && (
        <div class="kept">
          <Select
            visit={visit}
            name="kept"
            label={words.keptAddress}
            value={chosen}
            choices={[
              ...kept.map((address) => ({ value: address.id ?? '', label: line(address) })),
              { value: '', label: words.anotherAddress },
            ]}
            renew="#address-part,#delivery-choices,#summary-part"
            required
          />
          <input type="hidden" name="kept_shown" value={chosen} />
          <button class="quiet" type="submit" name="step" value="renew">
            {words.useAddress}
          </button>
        </div>
      )}
      <AddressFields
        visit={visit}
        typed={typed.address}
        problems={problems}
        countries={cart.region.countries.map(({ iso_2 }) => iso_2)}
        section="shipping"
      />
      {visit.identified.actor !== null && (
        <label class="tick">
          <input type="checkbox" name="keep" value="true" checked={typed.keep} /> {words.keepAddress}
        </label>
      )}
      <fieldset class="bill">
        <legend class="unseen">{words.billing}</legend>
        <label class="tick">
          <input type="checkbox" name="billing_same" value="true" checked={typed.billing === null} /> {words.billingSame}
        </label>
        <div class="bill-fields">
          <h3>{words.billing}</h3>
          <BillingFields visit={visit} typed={typed.billing ?? emptyAddress} problems={problems} />
        </div>
      </fieldset>
    </section>
  )
}

/** What is bought, what pays for it, and the button. */
function Summary({ visit, counter }: CounterOf) {
  const { words } = visit
  const { cart, problems } = counter
  return (
    <aside
      class="summary"
      id="summary-part"
      aria-labelledby="summary"
      data-amount={String(toMinor(cart.total, cart.currency_code))}
      data-currency={cart.currency_code}
    >
      <h2 id="summary">{words.summary}</h2>
      <ul class="summary-lines">
        {cart.items.map((line) => (
          <li key={line.id}>
            <span>
              {line.quantity} × <bdi>{line.product_title}</bdi>
              {isNamed(line.variant_title) && (
                <span class="note">
                  {' '}
                  <bdi>{line.variant_title}</bdi>
                </span>
              )}
            </span>
            <span>{visit.money(showsTax(cart.region) ? line.original_total : line.subtotal, cart.currency_code)}</span>
          </li>
        ))}
      </ul>
      <TotalsList
        visit={visit}
        totals={cart}
        gross={showsTax(cart.region)}
        taxKnown={tellsTax(cart)}
        taxLater={counterWordsOf(visit.locale).byAddress}
      />
      <StoreCredit visit={visit} counter={counter} />
      <Codes visit={visit} cart={cart} problems={problems} />
      <input type="hidden" name="cart" value={cart.id} />
      <input type="hidden" name="total" value={String(cart.total)} />
      {cart.total === 0 && <p role="status">{counterWordsOf(visit.locale).nothingLeft}</p>}
      <button type="submit" name="step" value="pay">
        {cart.total === 0 ? words.placeOrder : payingWordsOf(visit.locale).button(visit.money(cart.total, cart.currency_code))}
      </button>
      <p class="note">{words.placeOrderNote}</p>
    </aside>
  )
}

function StoreCredit({ visit, counter: { cart, storeCredit } }: CounterOf) {
  const words = counterWordsOf(visit.locale)
  const uses = usesStoreCredit(cart)
  if (!uses && (storeCredit === 0 || cart.total === 0)) return null
  return (
    <button class="quiet" type="submit" name="step" value={uses ? 'leave_credit' : 'use_credit'}>
      {uses ? words.leaveCredit : words.useCredit(visit.money(storeCredit, cart.currency_code))}
    </button>
  )
}
