import { toMajor, toMinor } from '../../kernel/index.js'
import type { Totals } from '../answers.js'
import type { Visit } from '../visit.js'
import { afterSaleWordsOf } from '../words/after-sale.js'
import { counterWordsOf } from '../words/counter.js'

interface TotalsOf {
  visit: Visit
  totals: Totals
  /** Whether sums are shown with their tax. */
  gross: boolean
  /** Whether the tax is known, as it is once it is known where things go. Where it comes on top, the total is without it until then. */
  taxKnown?: boolean
  /** What stands where the tax is not known. */
  taxLater?: string
  deliveryKnown?: boolean
  /** What ways of delivery come to that are proposed and not chosen yet. */
  proposedDelivery?: number
  /** What was taken off an order after its sale. */
  takenOff?: number
  /** Of an order that is placed. */
  placed?: boolean
}

/** Sums as the law of the region wants them: with the tax in each, or beside them. */
export function TotalsList({
  visit,
  totals,
  gross,
  taxKnown = true,
  taxLater,
  deliveryKnown = true,
  proposedDelivery = 0,
  takenOff = 0,
  placed = false,
}: TotalsOf) {
  const { words } = visit
  const money = (amount: number) => visit.money(amount, totals.currency_code)
  const credit = totals.credit_line_total ?? 0
  const plus = (...amounts: number[]) =>
    toMajor(
      amounts.reduce((all, amount) => all + toMinor(amount, totals.currency_code), 0n),
      totals.currency_code,
    )
  const sum = plus(totals.total, credit, proposedDelivery, taxKnown || gross ? 0 : -totals.tax_total)
  const delivery = plus(gross ? totals.original_shipping_total : totals.shipping_subtotal, proposedDelivery)
  const discount = gross ? totals.discount_total : totals.discount_subtotal
  return (
    <dl class="totals">
      <div>
        <dt>{words.goods}</dt>
        <dd>{money(gross ? totals.original_item_total : totals.original_item_subtotal)}</dd>
      </div>
      {discount > 0 && (
        <div>
          <dt>{words.discount}</dt>
          <dd>{money(-discount)}</dd>
        </div>
      )}
      <div>
        <dt>{words.delivery}</dt>
        <dd>{deliveryKnown ? money(delivery) : words.notYetKnown}</dd>
      </div>
      {!gross && (
        <div>
          <dt>{words.tax}</dt>
          <dd>{taxKnown ? money(totals.tax_total) : (taxLater ?? words.notYetKnown)}</dd>
        </div>
      )}
      {takenOff !== 0 && (
        <div>
          <dt>{afterSaleWordsOf(visit.locale).takenOff}</dt>
          <dd>{money(-takenOff)}</dd>
        </div>
      )}
      <div class="total">
        <dt>{words.total}</dt>
        <dd {...(credit > 0 ? {} : { 'data-total': '' })}>{money(sum)}</dd>
      </div>
      {gross && (
        <div class="note">
          <dt>{words.taxContained}</dt>
          <dd>{taxKnown ? money(totals.tax_total) : (taxLater ?? words.notYetKnown)}</dd>
        </div>
      )}
      {credit > 0 && <CreditRows visit={visit} totals={totals} credit={credit} placed={placed} />}
    </dl>
  )
}

/** What gift cards and store credit pay, and what they leave. */
function CreditRows({ visit, totals, credit, placed }: Required<Pick<TotalsOf, 'visit' | 'totals' | 'placed'>> & { credit: number }) {
  const words = counterWordsOf(visit.locale)
  const money = (amount: number) => visit.money(amount, totals.currency_code)
  const ofCards = totals.gift_card_total ?? 0
  const minor = (amount: number) => toMinor(amount, totals.currency_code)
  const ofAccount = toMajor(minor(credit) - minor(ofCards), totals.currency_code)
  return (
    <>
      {ofCards > 0 && (
        <div>
          <dt>{words.giftCards}</dt>
          <dd>{money(-ofCards)}</dd>
        </div>
      )}
      {ofAccount > 0 && (
        <div>
          <dt>{words.storeCredit}</dt>
          <dd>{money(-ofAccount)}</dd>
        </div>
      )}
      <div class="total">
        <dt>{placed ? words.paidOtherwise : words.leftToPay}</dt>
        <dd data-total>{money(totals.total)}</dd>
      </div>
    </>
  )
}
