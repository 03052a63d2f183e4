import type { Visit } from '../visit.js'
import type { Words } from '../words/index.js'

interface PaymentMethod {
  label(words: Words): string
  text(words: Words): string
}

/**
 * The payment providers that the checkout can show, by id. One whose fields the provider draws itself adds its element
 * here, its script to the page and its hosts to the policy in security.ts.
 */
export const paymentMethods: Readonly<Record<string, PaymentMethod>> = {
  pp_system_default: { label: (words) => words.payments.manual, text: (words) => words.payments.manualText },
}

interface PaymentOf {
  visit: Visit
  providers: readonly string[]
  chosen: string
  problem: string | undefined
}

export function PaymentMethods({ visit, providers, chosen, problem }: PaymentOf) {
  const { words } = visit
  return (
    <section aria-labelledby="payment">
      <h2 id="payment">{words.payment}</h2>
      <fieldset class="choices" id="field-payment" {...(problem === undefined ? {} : { 'aria-describedby': 'field-payment-problem' })}>
        <legend class="unseen">{words.payment}</legend>
        {providers.map((id) => (
          <label key={id} class="choice">
            <input type="radio" name="payment" value={id} checked={id === chosen} />
            <span>
              {paymentMethods[id]?.label(words)}
              <span class="note">{paymentMethods[id]?.text(words)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {providers.length === 0 && <p class="problem">{words.noPayment}</p>}
      {problem !== undefined && (
        <p class="problem" id="field-payment-problem">
          {problem}
        </p>
      )}
    </section>
  )
}
