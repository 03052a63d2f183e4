import type { VNode } from 'preact'
import { StoaError } from '../../kernel/index.js'
import { type Document, type Page, type Shown, seeOther } from '../page.js'
import { AccountFrame } from '../parts/account-frame.js'
import { Field, noProblems, ProblemList, type Problems } from '../parts/fields.js'
import { QrPicture } from '../parts/qr-picture.js'
import { codeOf } from '../sign-ins.js'
import type { Visit } from '../visit.js'
import { secondStepWordsOf } from '../words/second-step.js'

const path = '/account/security'

interface Factor {
  id: string
  status: 'pending' | 'enabled'
}

async function readFactors({ api }: Visit): Promise<Factor[]> {
  const { mfa_factors } = await api.get<{ mfa_factors: Factor[] }>('/auth/mfa/factors')
  return mfa_factors.filter((factor) => factor.status === 'enabled')
}

/** Whether this session was begun with a code: it need not give another. */
const hasGivenCode = ({ identified }: Visit) => identified.actor?.secondFactor instanceof Date

function framed(visit: Visit, body: VNode, status = 200): Document {
  const title = visit.words.accountPages[path]
  return {
    title,
    status,
    body: (
      <AccountFrame visit={visit} title={title}>
        {body}
      </AccountFrame>
    ),
  }
}

async function securityDocument(visit: Visit, problems: Problems = noProblems, status = 200): Promise<Document> {
  const words = secondStepWordsOf(visit.locale)
  const isOn = (await readFactors(visit)).length > 0
  const isDone = visit.query.get('done') === (isOn ? 'on' : 'off')
  return framed(
    visit,
    <>
      {isDone && (
        <p class="said" role="status">
          {isOn ? words.turnedOn : words.turnedOff}
        </p>
      )}
      <p>{words.about}</p>
      <p>
        <strong>{isOn ? words.on : words.off}</strong>
      </p>
      {isOn ? (
        <TurnOff visit={visit} problems={problems} />
      ) : (
        <form action={visit.to(`${path}/begin`)} method="post">
          <ProblemList visit={visit} problems={problems} />
          <button type="submit">{words.begin}</button>
        </form>
      )}
    </>,
    status,
  )
}

function TurnOff({ visit, problems }: { visit: Visit; problems: Problems }) {
  const words = secondStepWordsOf(visit.locale)
  return (
    <>
      <form class="plain-form" action={visit.to(`${path}/end`)} method="post" novalidate>
        <ProblemList visit={visit} problems={problems} />
        {!hasGivenCode(visit) && (
          <Field
            visit={visit}
            name="code"
            label={words.codeToTurnOff}
            problems={problems}
            autocomplete="one-time-code"
            maxLength={64}
            required
          />
        )}
        <button type="submit" class="quiet">
          {words.turnOff}
        </button>
      </form>
      <h2>{words.recoveryCodes}</h2>
      {hasGivenCode(visit) ? (
        <form action={visit.to(`${path}/codes`)} method="post">
          <button type="submit" class="quiet">
            {words.newCodes}
          </button>
        </form>
      ) : (
        <p>{words.newCodesLater}</p>
      )}
    </>
  )
}

/** A factor that was begun: what the form carries of it, since the API tells its secret once. */
interface Begun {
  id: string
  /** What the picture holds. */
  address: string
}

function begunDocument(visit: Visit, { id, address }: Begun, problems: Problems = noProblems, status = 200): Document {
  const words = secondStepWordsOf(visit.locale)
  const secret = new URL(address).searchParams.get('secret') ?? ''
  return framed(
    visit,
    <>
      <p>{words.scan}</p>
      <div class="factor">
        <QrPicture text={address} label={words.picture} />
        <p>
          {words.key}: <code dir="ltr">{secret.replaceAll(/(.{4})(?=.)/g, '$1 ')}</code>
        </p>
        <p>
          <a href={address}>{words.open}</a>
        </p>
      </div>
      <form class="plain-form" action={visit.to(`${path}/confirm`)} method="post" novalidate>
        <ProblemList visit={visit} problems={problems} />
        <input type="hidden" name="id" value={id} />
        <input type="hidden" name="address" value={address} />
        <Field
          visit={visit}
          name="code"
          label={words.firstCode}
          problems={problems}
          autocomplete="one-time-code"
          inputMode="numeric"
          hint={words.firstCodeHint}
          maxLength={10}
          required
        />
        <button type="submit">{words.turnOn}</button>
      </form>
    </>,
    status,
  )
}

async function begin(visit: Visit): Promise<Shown> {
  if ((await readFactors(visit)).length > 0) return seeOther(visit.to(path))
  const { mfa_factor, otpauth_url } = await visit.api.post<{ mfa_factor: Factor; otpauth_url: string }>('/auth/mfa/factors', {
    body: { provider: 'totp', issuer: visit.shop.name.slice(0, 100) },
  })
  return begunDocument(visit, { id: mfa_factor.id, address: otpauth_url })
}

/** What the form brought back, if it can be what `begin` gave. */
function begunIn({ form }: Visit): Begun | null {
  const id = (form.get('id') ?? '').slice(0, 64)
  const address = form.get('address') ?? ''
  const isAddress = address.length <= 1_000 && address.startsWith('otpauth://totp/') && URL.canParse(address)
  return isAddress ? { id, address } : null
}

async function confirm(visit: Visit): Promise<Shown> {
  const begun = begunIn(visit)
  // The first of two clicks has switched it on already.
  if (begun === null || (await readFactors(visit)).some(({ id }) => id === begun.id)) return seeOther(`${visit.to(path)}?done=on`)
  const code = (visit.form.get('code') ?? '').replace(/\s/g, '').slice(0, 64)
  const words = secondStepWordsOf(visit.locale)
  if (code === '') return begunDocument(visit, begun, { code: words.firstCodeHint }, 400)
  try {
    await visit.api.post('/auth/mfa/factors/:id/verify', { params: { id: begun.id }, body: { code } })
  } catch (error) {
    const problem = problemOf(visit, error)
    return problem === null ? seeOther(visit.to(path)) : begunDocument(visit, begun, { code: problem }, 400)
  }
  return codesDocument(visit, true)
}

/** New recovery codes, which are shown this once. */
async function codesDocument(visit: Visit, isFirst: boolean): Promise<Document> {
  const words = secondStepWordsOf(visit.locale)
  const { recovery_codes } = await visit.api.post<{ recovery_codes: string[] }>('/auth/mfa/recovery-codes')
  return framed(
    visit,
    <>
      {isFirst && (
        <p class="said" role="status">
          {words.turnedOn}
        </p>
      )}
      <h2>{words.recoveryCodes}</h2>
      <p>{words.recoveryLead}</p>
      <ul class="recovery-codes">
        {recovery_codes.map((code) => (
          <li key={code}>
            <code dir="ltr">{code}</code>
          </li>
        ))}
      </ul>
      <p>
        <a class="button" href={visit.to(path)}>
          {words.kept}
        </a>
      </p>
    </>,
  )
}

async function makeCodes(visit: Visit): Promise<Shown> {
  return hasGivenCode(visit) ? codesDocument(visit, false) : seeOther(visit.to(path))
}

/** Switches it off. A code is good for one factor: where clients of the API have made more, the others stay on. */
async function end(visit: Visit): Promise<Shown> {
  const factors = await readFactors(visit)
  const typed = (visit.form.get('code') ?? '').trim()
  const words = secondStepWordsOf(visit.locale)
  if (typed === '' && !hasGivenCode(visit) && factors.length > 0) return securityDocument(visit, { code: words.codeHint }, 400)
  const body = typed === '' ? {} : codeOf(typed)
  const wanted = hasGivenCode(visit) ? factors : factors.slice(0, 1)
  try {
    for (const { id } of wanted) await visit.api.delete('/auth/mfa/factors/:id', { params: { id }, body })
  } catch (error) {
    const problem = problemOf(visit, error)
    return problem === null ? seeOther(visit.to(path)) : securityDocument(visit, { code: problem }, 400)
  }
  return seeOther(wanted.length < factors.length ? visit.to(path) : `${visit.to(path)}?done=off`)
}

/** What is wrong with a code; null where the factor is not there any more. What is neither is thrown on. */
function problemOf(visit: Visit, error: unknown): string | null {
  if (!(error instanceof StoaError) || error.status >= 500 || error.type === 'unauthorized') throw error
  const words = secondStepWordsOf(visit.locale)
  if (error.type === 'not_found') return null
  if (error.type === 'too_many_requests' && 'headers' in error) throw error
  return error.type === 'too_many_requests' ? words.tired : words.wrong
}

export const pages: Page[] = [
  { method: 'GET', path, customer: true, show: (visit) => securityDocument(visit) },
  { method: 'POST', path: `${path}/begin`, customer: true, show: begin },
  { method: 'POST', path: `${path}/confirm`, customer: true, show: confirm },
  { method: 'POST', path: `${path}/codes`, customer: true, show: makeCodes },
  { method: 'POST', path: `${path}/end`, customer: true, show: end },
]
