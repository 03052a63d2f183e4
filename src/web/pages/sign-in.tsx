import type { VNode } from 'preact'
import { StoaError } from '../../kernel/index.js'
import { forgetCart, hasConfirmed, keepConfirmed } from '../cookies.js'
import { email_characters, isEmail, typedEmail } from '../emails.js'
import { type Document, type Page, type Redirect, type Shown, seeOther } from '../page.js'
import { Field, noProblems, ProblemList, type Problems } from '../parts/fields.js'
import { refusalIn } from '../refusals.js'
import { register, type SignedIn, signIn, signOut } from '../sign-ins.js'
import type { Visit } from '../visit.js'
import { secondStepWordsOf } from '../words/second-step.js'

const secondStepPath = '/sign-in/second-step'
const password = { minimum: 8, maximum: 128 }

/** Where to go when it is done: a path of this store, or the account. */
export function nextOf(visit: Visit): string {
  const next = visit.form.get('next') ?? visit.query.get('next') ?? ''
  return /^\/(?!\/)[\w\-/.]{0,200}$/.test(next) ? next : '/account'
}

/** On to where the shopper wanted to go, by way of the second step where there is one. */
function goOn(visit: Visit, came: SignedIn): Redirect {
  const next = nextOf(visit)
  return seeOther(came === 'done' ? visit.to(next) : `${visit.to(secondStepPath)}?next=${encodeURIComponent(next)}`)
}

function formDocument(title: string, body: VNode, status: number): Document {
  return { title, status, kind: 'narrow', body }
}

function EmailField({ visit, problems }: { visit: Visit; problems: Problems }) {
  return (
    <Field
      visit={visit}
      name="email"
      label={visit.words.fields.email}
      type="email"
      value={visit.form.get('email') ?? visit.query.get('email')}
      problems={problems}
      autocomplete="username"
      maxLength={email_characters}
      required
    />
  )
}

function signInDocument(visit: Visit, problems: Problems, status = 200): Document {
  const { words } = visit
  const next = nextOf(visit)
  return formDocument(
    words.signIn,
    <>
      <h1>{words.signIn}</h1>
      <form class="plain-form" action={visit.to('/sign-in')} method="post" novalidate>
        <ProblemList visit={visit} problems={problems} />
        {visit.query.get('over') === 'true' && <p class="said">{secondStepWordsOf(visit.locale).over}</p>}
        <input type="hidden" name="next" value={next} />
        <EmailField visit={visit} problems={problems} />
        <Field
          visit={visit}
          name="password"
          label={words.password}
          type="password"
          problems={problems}
          autocomplete="current-password"
          required
        />
        <button type="submit">{words.signIn}</button>
        <p>
          <a href={visit.to('/reset-password')}>{words.forgotten}</a>
        </p>
        <p>
          {words.noAccount} <a href={`${visit.to('/register')}?next=${encodeURIComponent(next)}`}>{words.register}</a>
        </p>
      </form>
    </>,
    status,
  )
}

async function takeSignIn(visit: Visit): Promise<Shown> {
  const { form, words } = visit
  const email = typedEmail(visit)
  const problems = {
    ...(isEmail(email) ? {} : { email: words.missing.email }),
    ...((form.get('password') ?? '') === '' ? { password: words.passwordMissing } : {}),
  }
  if (Object.keys(problems).length > 0) return signInDocument(visit, problems, 400)
  try {
    const came = await signIn(visit, { email, password: (form.get('password') ?? '').slice(0, 200) })
    return goOn(visit, came)
  } catch (error) {
    if (!(error instanceof StoaError) || error.type !== 'unauthorized') throw error
    return signInDocument(visit, { '': words.signInWrong }, 401)
  }
}

function registerDocument(visit: Visit, problems: Problems, status = 200): Document {
  const { words, form } = visit
  const next = nextOf(visit)
  return formDocument(
    words.register,
    <>
      <h1>{words.register}</h1>
      <p>{words.registerLead}</p>
      <form class="plain-form" action={visit.to('/register')} method="post" novalidate>
        <ProblemList visit={visit} problems={problems} />
        <input type="hidden" name="next" value={next} />
        <div class="fields">
          {(['first_name', 'last_name'] as const).map((name) => (
            <Field
              key={name}
              visit={visit}
              name={name}
              label={words.fields[name]}
              value={form.get(name)}
              problems={problems}
              autocomplete={name === 'first_name' ? 'given-name' : 'family-name'}
              required
            />
          ))}
        </div>
        <EmailField visit={visit} problems={problems} />
        <NewPassword visit={visit} problems={problems} />
        <button type="submit">{words.register}</button>
        <p>
          {words.haveAccount} <a href={`${visit.to('/sign-in')}?next=${encodeURIComponent(next)}`}>{words.signIn}</a>
        </p>
      </form>
    </>,
    status,
  )
}

function NewPassword({ visit, problems }: { visit: Visit; problems: Problems }) {
  const { words } = visit
  return (
    <Field
      visit={visit}
      name="password"
      label={words.password}
      type="password"
      problems={problems}
      autocomplete="new-password"
      hint={words.passwordHint(password.minimum)}
      maxLength={password.maximum}
      required
    />
  )
}

function newPasswordProblem(visit: Visit): Record<string, string> {
  const given = visit.form.get('password') ?? ''
  const good = given.length >= password.minimum && given.length <= password.maximum
  return good ? {} : { password: visit.words.passwordHint(password.minimum) }
}

async function takeRegister(visit: Visit): Promise<Shown> {
  const { form, words } = visit
  const email = typedEmail(visit)
  const text = (name: string) => (form.get(name) ?? '').trim().slice(0, 200)
  const problems: Record<string, string> = {}
  if (text('first_name') === '') problems.first_name = words.missing.first_name
  if (text('last_name') === '') problems.last_name = words.missing.last_name
  if (!isEmail(email)) problems.email = words.missing.email
  Object.assign(problems, newPasswordProblem(visit))
  if (Object.keys(problems).length > 0) return registerDocument(visit, problems, 400)
  try {
    const customer = { email, password: form.get('password') ?? '', first_name: text('first_name'), last_name: text('last_name') }
    const came = await register(visit, customer)
    return goOn(visit, came)
  } catch (error) {
    if (refusalIn(error).type === 'invalid_data') return registerDocument(visit, { password: words.passwordHint(password.minimum) }, 400)
    return registerDocument(visit, { email: words.emailTaken }, 409)
  }
}

function resetDocument(visit: Visit, problems: Problems, status = 200): Document {
  const { words } = visit
  const token = visit.form.get('token') ?? visit.query.get('token')
  const sent = visit.query.get('sent') === 'true'
  return formDocument(
    words.reset,
    <>
      <h1>{words.reset}</h1>
      {sent && (
        <p class="said" role="status">
          {words.resetSent}
        </p>
      )}
      <form class="plain-form" action={visit.to('/reset-password')} method="post" novalidate>
        <ProblemList visit={visit} problems={problems} />
        {token === null ? (
          <>
            <p>{words.resetLead}</p>
            <EmailField visit={visit} problems={problems} />
            <button type="submit">{words.resetSend}</button>
          </>
        ) : (
          <>
            <input type="hidden" name="token" value={token} />
            <NewPassword visit={visit} problems={problems} />
            <button type="submit">{words.resetSet}</button>
          </>
        )}
      </form>
    </>,
    status,
  )
}

async function takeReset(visit: Visit): Promise<Shown> {
  const { form, words, api } = visit
  const token = form.get('token')
  if (token === null) {
    const identifier = typedEmail(visit)
    if (!isEmail(identifier)) return resetDocument(visit, { email: words.missing.email }, 400)
    await api.post('/auth/customer/emailpass/reset-password', { body: { identifier, metadata: { region_id: visit.market.id } } })
    return seeOther(`${visit.to('/reset-password')}?sent=true`)
  }
  const problems = newPasswordProblem(visit)
  if (Object.keys(problems).length > 0) return resetDocument(visit, problems, 400)
  try {
    const body = { password: form.get('password') }
    await visit.apiWith(token.slice(0, 200), null).post('/auth/customer/emailpass/update', { body })
  } catch (error) {
    refusalIn(error)
    return resetDocument(visit, { '': words.resetOver }, 400)
  }
  return seeOther(visit.to('/sign-in'))
}

/** A mailed link shows a button first: what reads mails ahead of people must not confirm for them. */
function verifyDocument(visit: Visit, problems: Problems, status = 200): Document {
  const { words } = visit
  const code = (visit.form.get('code') ?? visit.query.get('code') ?? '').slice(0, 200)
  // Who opens the address of what was done, and has done nothing in this browser of late, is told where it stands.
  const isAfter = visit.query.get('done') === 'true'
  const isDone = isAfter && hasConfirmed(visit)
  const title = isDone ? words.verifiedTitle : words.verify
  return formDocument(
    title,
    <>
      <h1>{title}</h1>
      {isDone && (
        <p class="said" role="status">
          {words.verified}
        </p>
      )}
      {!isDone && code === '' && <p>{isAfter ? words.verifyElsewhere : words.verifyOver}</p>}
      {!isDone && code !== '' && (
        <form class="plain-form" action={visit.to('/verify-email')} method="post">
          <ProblemList visit={visit} problems={problems} />
          <input type="hidden" name="code" value={code} />
          <button type="submit">{words.verifyConfirm}</button>
        </form>
      )}
      <p>
        <a href={visit.to('/account/profile')}>{words.accountPages['/account/profile']}</a>
      </p>
    </>,
    status,
  )
}

/** Who confirms need not be signed in where they read their mail. */
async function takeVerification(visit: Visit): Promise<Shown> {
  try {
    await visit.api.post('/auth/verification/confirm', { body: { code: (visit.form.get('code') ?? '').slice(0, 200) } })
  } catch (error) {
    refusalIn(error)
    return verifyDocument(visit, { '': visit.words.verifyOver }, 400)
  }
  keepConfirmed(visit)
  return seeOther(`${visit.to('/verify-email')}?done=true`)
}

/** The cart goes, too: it holds the address, and who uses the browser next is somebody else. */
async function leave(visit: Visit): Promise<Shown> {
  await signOut(visit)
  forgetCart(visit)
  return seeOther(visit.to('/'))
}

/** Who is signed in already goes on. */
const unlessSignedIn = (document: (visit: Visit, problems: Problems) => Document) => async (visit: Visit) =>
  visit.identified.actor === null ? document(visit, noProblems) : seeOther(visit.to(nextOf(visit)))

export const pages: Page[] = [
  { method: 'GET', path: '/sign-in', show: unlessSignedIn(signInDocument) },
  { method: 'POST', path: '/sign-in', show: takeSignIn },
  { method: 'GET', path: '/register', show: unlessSignedIn(registerDocument) },
  { method: 'POST', path: '/register', show: takeRegister },
  { method: 'GET', path: '/reset-password', show: async (visit) => resetDocument(visit, noProblems) },
  { method: 'POST', path: '/reset-password', show: takeReset },
  { method: 'GET', path: '/verify-email', show: async (visit) => verifyDocument(visit, noProblems) },
  { method: 'POST', path: '/verify-email', show: takeVerification },
  { method: 'POST', path: '/sign-out', show: leave },
]
