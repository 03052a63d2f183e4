import { StoaError } from '../../kernel/index.js'
import { forgetHalf, halfOf } from '../cookies.js'
import { type Document, type Page, type Shown, seeOther } from '../page.js'
import { Field, noProblems, ProblemList, type Problems } from '../parts/fields.js'
import { finishSignIn } from '../sign-ins.js'
import type { Visit } from '../visit.js'
import { secondStepWordsOf } from '../words/second-step.js'
import { nextOf } from './sign-in.js'

const path = '/sign-in/second-step'

function stepDocument(visit: Visit, problems: Problems, status = 200): Document {
  const words = secondStepWordsOf(visit.locale)
  return {
    title: words.title,
    status,
    kind: 'narrow',
    body: (
      <>
        <h1>{words.title}</h1>
        <p>{words.lead}</p>
        <form class="plain-form" action={visit.to(path)} method="post" novalidate>
          <ProblemList visit={visit} problems={problems} />
          <input type="hidden" name="next" value={nextOf(visit)} />
          <Field
            visit={visit}
            name="code"
            label={words.code}
            problems={problems}
            autocomplete="one-time-code"
            hint={words.codeHint}
            maxLength={64}
            required
          />
          <button type="submit">{words.go}</button>
        </form>
      </>
    ),
  }
}

/** Without its half, a sign-in begins anew. */
function startAgain(visit: Visit): Shown {
  forgetHalf(visit)
  return seeOther(`${visit.to('/sign-in')}?over=true&next=${encodeURIComponent(nextOf(visit))}`)
}

async function show(visit: Visit): Promise<Shown> {
  if (visit.identified.actor !== null) return seeOther(visit.to(nextOf(visit)))
  return halfOf(visit) === null ? startAgain(visit) : stepDocument(visit, noProblems)
}

async function take(visit: Visit): Promise<Shown> {
  const half = halfOf(visit)
  // The first of two clicks has signed in already.
  if (half === null) return visit.identified.actor === null ? startAgain(visit) : seeOther(visit.to(nextOf(visit)))
  const words = secondStepWordsOf(visit.locale)
  const typed = (visit.form.get('code') ?? '').trim()
  if (typed === '') return stepDocument(visit, { code: words.codeHint }, 400)
  try {
    await finishSignIn(visit, half, typed)
    return seeOther(visit.to(nextOf(visit)))
  } catch (error) {
    const problem = problemOf(visit, error)
    return problem === null ? startAgain(visit) : stepDocument(visit, { code: problem }, 400)
  }
}

/** What is wrong with a code; null where the whole sign-in is over. What is neither is thrown on. */
function problemOf(visit: Visit, error: unknown): string | null {
  if (!(error instanceof StoaError) || error.status >= 500) throw error
  const words = secondStepWordsOf(visit.locale)
  if (error.message === 'Invalid MFA challenge code') return words.wrong
  // Too many from one connection are the page's to tell, which knows how long.
  if (error.type === 'too_many_requests' && 'headers' in error) throw error
  return error.type === 'too_many_requests' ? words.tired : null
}

export const pages: Page[] = [
  { method: 'GET', path, show },
  { method: 'POST', path, show: take },
]
