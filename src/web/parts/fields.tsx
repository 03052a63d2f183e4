import type { ComponentChildren } from 'preact'
import type { Visit } from '../visit.js'

/** What is wrong with a form, by field; '' for the form as a whole. */
export type Problems = Readonly<Record<string, string>>

export const noProblems: Problems = {}

interface FieldOf {
  name: string
  label: string
  value?: string | null | undefined
  problems?: Problems | undefined
  type?: 'text' | 'email' | 'password' | 'tel' | 'number' | 'search'
  autocomplete?: string
  required?: boolean
  hint?: string
  maxLength?: number
  inputMode?: 'numeric' | 'text'
  class?: string
}

/** The id of a field, to which its label, its problem and the list of problems lead. */
export const idOf = (name: string) => `field-${name.replaceAll(/[^\w-]/g, '-')}`

/** What belongs to a field is tied to it, so that a screen reader reads it with the field. */
function described(name: string, problem: string | undefined, hint: string | undefined) {
  const ids = [...(hint === undefined ? [] : [`${idOf(name)}-hint`]), ...(problem === undefined ? [] : [`${idOf(name)}-problem`])]
  return ids.length === 0 ? {} : { 'aria-describedby': ids.join(' ') }
}

function Around({ field, children, visit }: { field: FieldOf; children: ComponentChildren; visit: Visit }) {
  const problem = field.problems?.[field.name]
  return (
    <div class={`field ${field.class ?? ''}`}>
      <label for={idOf(field.name)}>
        {field.label}
        {field.required === true ? null : <span class="optional"> {visit.words.optional}</span>}
      </label>
      {field.hint !== undefined && (
        <p class="hint" id={`${idOf(field.name)}-hint`}>
          {field.hint}
        </p>
      )}
      {children}
      {problem !== undefined && (
        <p class="problem" id={`${idOf(field.name)}-problem`}>
          {problem}
        </p>
      )}
    </div>
  )
}

export function Field({ visit, ...field }: FieldOf & { visit: Visit }) {
  const problem = field.problems?.[field.name]
  return (
    <Around visit={visit} field={field}>
      <input
        id={idOf(field.name)}
        name={field.name}
        value={field.value ?? ''}
        maxLength={field.maxLength ?? 200}
        {...(field.autocomplete === undefined ? {} : { autocomplete: field.autocomplete })}
        {...(field.inputMode === undefined ? {} : { inputMode: field.inputMode })}
        {...(field.required === true ? { required: true } : {})}
        {...(problem === undefined ? {} : { 'aria-invalid': 'true' })}
        {...described(field.name, problem, field.hint)}
        {...({ type: field.type ?? 'text' } as object)}
      />
    </Around>
  )
}

export function TextArea({ visit, rows = 4, ...field }: FieldOf & { visit: Visit; rows?: number }) {
  const problem = field.problems?.[field.name]
  return (
    <Around visit={visit} field={field}>
      <textarea
        id={idOf(field.name)}
        name={field.name}
        rows={rows}
        maxLength={field.maxLength ?? 2_000}
        {...(problem === undefined ? {} : { 'aria-invalid': 'true' })}
        {...described(field.name, problem, field.hint)}
        value={field.value ?? ''}
      />
    </Around>
  )
}

export interface Choice {
  value: string
  label: string
  disabled?: boolean
}

interface SelectOf extends FieldOf {
  visit: Visit
  choices: readonly Choice[]
  /** The rest of the form depends on it; a text names the parts that do, where they are not those of the whole form. */
  renew?: boolean | string
}

export function Select({ visit, choices, renew = false, ...field }: SelectOf) {
  const problem = field.problems?.[field.name]
  return (
    <Around visit={visit} field={field}>
      <select
        id={idOf(field.name)}
        name={field.name}
        {...(field.autocomplete === undefined ? {} : { autocomplete: field.autocomplete })}
        {...(problem === undefined ? {} : { 'aria-invalid': 'true' })}
        {...(field.required === true ? { required: true } : {})}
        {...(renew === false ? {} : { 'data-renew': renew === true ? '' : renew })}
        {...described(field.name, problem, field.hint)}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value} selected={choice.value === field.value} disabled={choice.disabled === true}>
            {choice.label}
          </option>
        ))}
      </select>
    </Around>
  )
}

/** What is wrong, before the form: read out at once, each with a way to its field. */
export function ProblemList({ visit, problems }: { visit: Visit; problems: Problems }) {
  const entries = Object.entries(problems)
  if (entries.length === 0) return null
  return (
    <div class="problems" role="alert" tabIndex={-1} id="problems" data-focus>
      <h2>{visit.words.problemsHeading}</h2>
      <ul>
        {entries.map(([name, problem]) => (
          <li key={name}>{name === '' ? problem : <a href={`#${idOf(name)}`}>{problem}</a>}</li>
        ))}
      </ul>
    </div>
  )
}
