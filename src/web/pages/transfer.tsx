import { type Document, type Page, type Shown, seeOther } from '../page.js'
import { ProblemList, noProblems, type Problems } from '../parts/fields.js'
import { refusalIn } from '../refusals.js'
import type { Visit } from '../visit.js'

const path = '/order/:id/transfer/:token'

/** What a mailed link asks: whether an order goes to another account. */
function transferDocument(visit: Visit, problems: Problems, status = 200): Document {
  const { words, params } = visit
  return {
    title: words.transfer,
    status,
    kind: 'narrow',
    body: (
      <>
        <h1>{words.transfer}</h1>
        <p>{words.transferLead}</p>
        <form class="plain-form" action={visit.to(`/order/${params.id}/transfer/${params.token}`)} method="post">
          <ProblemList visit={visit} problems={problems} />
          <button type="submit" name="answer" value="accept">
            {words.transferAccept}
          </button>
          <button type="submit" class="quiet" name="answer" value="decline">
            {words.transferDecline}
          </button>
        </form>
      </>
    ),
  }
}

async function take(visit: Visit): Promise<Shown> {
  const { api, params, form, words } = visit
  const id = params.id as string
  const answer = form.get('answer') === 'accept' ? 'accept' : 'decline'
  try {
    await api.post(`/store/orders/:id/transfer/${answer}`, { params: { id }, body: { token: (params.token as string).slice(0, 200) } })
  } catch (error) {
    return transferDocument(visit, { '': words.transferOver }, refusalIn(error).status)
  }
  return seeOther(visit.to(`/orders/${id}`))
}

export const pages: Page[] = [
  { method: 'GET', path, ids: { id: 'order', token: 'transfer_token' }, show: async (visit) => transferDocument(visit, noProblems) },
  { method: 'POST', path, ids: { id: 'order', token: 'transfer_token' }, show: take },
]
