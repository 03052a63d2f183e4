import type { Totals } from '../answers.js'
import type { Visit } from '../visit.js'

interface TotalsOf {
  visit: Visit
  totals: Totals
  /** Whether sums are shown with their tax. */
  gross: boolean
  /** Whether the tax is known, as it is once it is known where things go. */
  taxKnown?: boolean
  deliveryKnown?: boolean
}

/** Sums as the law of the region wants them: with the tax in each, or beside them. */
export function TotalsList({ visit, totals, gross, taxKnown = true, deliveryKnown = true }: TotalsOf) {
  const { words } = visit
  const money = (amount: number) => visit.money(amount, totals.currency_code)
  const credit = totals.credit_line_total ?? 0
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
        <dd>{deliveryKnown ? money(gross ? totals.shipping_total : totals.shipping_subtotal) : words.notYetKnown}</dd>
      </div>
      {!gross && (
        <div>
          <dt>{words.tax}</dt>
          <dd>{taxKnown ? money(totals.tax_total) : words.notYetKnown}</dd>
        </div>
      )}
      {credit > 0 && (
        <div>
          <dt>{words.credit}</dt>
          <dd>{money(-credit)}</dd>
        </div>
      )}
      <div class="total">
        <dt>{words.total}</dt>
        <dd data-total>{money(totals.total)}</dd>
      </div>
      {gross && (
        <div class="note">
          <dt>{words.taxContained}</dt>
          <dd>{money(totals.tax_total)}</dd>
        </div>
      )}
    </dl>
  )
}
