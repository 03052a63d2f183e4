import type { Cart } from '../answers.js'
import { code_characters, codesOf } from '../credit.js'
import type { Visit } from '../visit.js'
import { Field, type Problems } from './fields.js'

/** The field for a code, and the codes that count, each with a button to take it back: for the inside of a form. */
export function Codes({ visit, cart, problems }: { visit: Visit; cart: Cart; problems: Problems }) {
  const { words } = visit
  const codes = codesOf(cart)
  return (
    <details class="codes" open={codes.length > 0 || problems.code !== undefined}>
      <summary>{words.haveCode}</summary>
      <div class="code-field">
        <Field
          visit={visit}
          name="code"
          label={words.code}
          value={problems.code === undefined ? '' : visit.form.get('code')}
          problems={problems}
          autocomplete="off"
          maxLength={code_characters}
        />
        <button class="quiet" type="submit" name="step" value="code">
          {words.apply}
        </button>
      </div>
      {codes.length > 0 && (
        <ul>
          {codes.map((code) => (
            <li key={code}>
              <code dir="ltr">{code}</code>
              <button class="link" type="submit" name="drop" value={code}>
                {words.remove}
                <span class="unseen"> {code}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </details>
  )
}
