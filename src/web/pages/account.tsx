import type { Customer, Order } from '../answers.js'
import { keepAddress, readCustomer } from '../kept-addresses.js'
import { type Document, type Page, type Shown, seeOther } from '../page.js'
import { AccountFrame } from '../parts/account-frame.js'
import { AddressFields, addressProblems, type TypedAddress, typedAddress, typedFrom } from '../parts/address-fields.js'
import { Field, noProblems, ProblemList, type Problems } from '../parts/fields.js'
import { AddressLines } from '../parts/address-lines.js'
import { Nothing } from '../parts/nothing.js'
import { dayText, type Visit } from '../visit.js'

const ordersOfPage = 20
const lastPage = 500

async function readOrders({ api }: Visit, page: number, limit: number) {
  const query = {
    limit,
    offset: (page - 1) * limit,
    order: '-created_at',
    fields: 'id,display_id,status,total,currency_code,created_at,fulfillment_status,items.id,items.quantity',
  }
  return api.get<{ orders: Order[]; count: number }>('/store/orders', { query })
}

function OrderRows({ visit, orders }: { visit: Visit; orders: readonly Order[] }) {
  const { words } = visit
  if (orders.length === 0) return <Nothing visit={visit} words={words.noOrders} />
  return (
    <ul class="order-rows">
      {orders.map((order) => (
        <li key={order.id}>
          <a href={visit.to(`/orders/${order.id}`)}>{words.orderNumber(order.display_id)}</a>
          <span>{dayText(visit, order.created_at)}</span>
          <span>{words.fulfillment(order.status === 'canceled' ? 'canceled' : order.fulfillment_status)}</span>
          <span class="price">{visit.money(order.total, order.currency_code)}</span>
        </li>
      ))}
    </ul>
  )
}

async function showAccount(visit: Visit): Promise<Shown> {
  const { words } = visit
  const [customer, { orders }] = await Promise.all([readCustomer(visit), readOrders(visit, 1, 3)])
  return {
    title: words.account,
    body: (
      <AccountFrame visit={visit} title={words.hello(customer.first_name ?? customer.email)}>
        <h2>{words.lastOrders}</h2>
        <OrderRows visit={visit} orders={orders} />
      </AccountFrame>
    ),
  }
}

async function showOrders(visit: Visit): Promise<Shown> {
  const { words } = visit
  const page = Math.min(Math.max(1, Math.trunc(Number(visit.query.get('page'))) || 1), lastPage)
  const { orders, count } = await readOrders(visit, page, ordersOfPage)
  const last = Math.ceil(count / ordersOfPage)
  return {
    title: words.accountPages['/account/orders'],
    body: (
      <AccountFrame visit={visit} title={words.accountPages['/account/orders']}>
        <OrderRows visit={visit} orders={orders} />
        {last > 1 && (
          <nav class="pages" aria-label={words.pages}>
            {page > 1 && <a href={`${visit.to('/account/orders')}?page=${page - 1}`}>{words.previous}</a>}
            <span>{words.pageOf(page, last)}</span>
            {page < last && <a href={`${visit.to('/account/orders')}?page=${page + 1}`}>{words.next}</a>}
          </nav>
        )}
      </AccountFrame>
    ),
  }
}

/** Countries of all regions: an address is kept for any of them. */
function countriesOf({ shop }: Visit) {
  return [...new Set(shop.markets.flatMap((market) => market.countries.map(({ iso_2 }) => iso_2)))]
}

async function addressesDocument(visit: Visit, typed?: TypedAddress, problems: Problems = noProblems, status = 200): Promise<Document> {
  const { words } = visit
  const customer = await readCustomer(visit)
  const title = words.accountPages['/account/addresses']
  return {
    title,
    status,
    body: (
      <AccountFrame visit={visit} title={title}>
        {customer.addresses.length === 0 && <p class="nothing">{words.noAddresses}</p>}
        <ul class="addresses">
          {customer.addresses.map((address) => (
            <li key={address.id}>
              <AddressLines visit={visit} address={address} />
              <form action={visit.to('/account/addresses/remove')} method="post">
                <input type="hidden" name="id" value={address.id} />
                <button type="submit" class="link">
                  {words.remove}
                  <span class="unseen">
                    {' '}
                    {address.address_1}, {address.city}
                  </span>
                </button>
              </form>
            </li>
          ))}
        </ul>
        <h2>{words.addAddress}</h2>
        <form class="plain-form" action={visit.to('/account/addresses')} method="post" novalidate>
          <ProblemList visit={visit} problems={problems} />
          <AddressFields visit={visit} typed={typed ?? typedFrom(null, undefined)} problems={problems} countries={countriesOf(visit)} />
          <button type="submit">{words.save}</button>
        </form>
      </AccountFrame>
    ),
  }
}

async function addAddress(visit: Visit): Promise<Shown> {
  const typed = typedAddress(visit.form)
  const problems = addressProblems(typed, visit.words, countriesOf(visit))
  if (Object.keys(problems).length > 0) return addressesDocument(visit, typed, problems, 400)
  await keepAddress(visit, typed)
  return seeOther(visit.to('/account/addresses'))
}

async function removeAddress(visit: Visit): Promise<Shown> {
  const id = (visit.form.get('id') ?? '').slice(0, 64)
  const { addresses } = await readCustomer(visit)
  if (addresses.some((address) => address.id === id)) {
    await visit.api.delete('/store/customers/me/addresses/:address_id', { params: { address_id: id } })
  }
  return seeOther(visit.to('/account/addresses'))
}

const profileNames = ['first_name', 'last_name', 'phone'] as const
const autocompletes = { first_name: 'given-name', last_name: 'family-name', phone: 'tel' }

async function showProfile(visit: Visit): Promise<Shown> {
  const { words } = visit
  const customer = await readCustomer(visit, '+email_verified')
  const title = words.accountPages['/account/profile']
  return {
    title,
    body: (
      <AccountFrame visit={visit} title={title}>
        {visit.query.get('saved') === 'true' && (
          <p class="said" role="status">
            {words.saved}
          </p>
        )}
        <EmailState visit={visit} customer={customer} />
        <form class="plain-form" action={visit.to('/account/profile')} method="post" novalidate>
          {profileNames.map((name) => (
            <Field
              key={name}
              visit={visit}
              name={name}
              label={words.fields[name]}
              value={customer[name]}
              autocomplete={autocompletes[name]}
              maxLength={name === 'phone' ? 50 : 200}
            />
          ))}
          <button type="submit">{words.save}</button>
        </form>
        <p>
          <a href={`${visit.to('/reset-password')}?email=${encodeURIComponent(customer.email)}`}>{words.reset}</a>
        </p>
      </AccountFrame>
    ),
  }
}

/** The e-mail, and whether it is shown to be the customer's own. */
function EmailState({ visit, customer }: { visit: Visit; customer: Customer }) {
  const { words } = visit
  const isAsked = visit.query.get('asked') === 'true'
  return (
    <div>
      <p>
        {words.fields.email}: <strong>{customer.email}</strong> (
        {customer.email_verified === true ? words.emailConfirmed : words.emailUnconfirmed})
      </p>
      {customer.email_verified !== true && (
        <form action={visit.to('/account/profile/verify')} method="post">
          {isAsked && (
            <p class="said" role="status">
              {words.verifySent}
            </p>
          )}
          <button type="submit" class="link">
            {words.verifySend}
          </button>
        </form>
      )}
    </div>
  )
}

async function askVerification(visit: Visit): Promise<Shown> {
  const { email } = await readCustomer(visit)
  await visit.api.post('/auth/verification/request', {
    body: { entity_id: email, entity_type: 'email', metadata: { region_id: visit.market.id } },
  })
  return seeOther(`${visit.to('/account/profile')}?asked=true`)
}

async function saveProfile(visit: Visit): Promise<Shown> {
  const text = (name: string, longest: number) => (visit.form.get(name) ?? '').trim().slice(0, longest) || null
  const body = { first_name: text('first_name', 200), last_name: text('last_name', 200), phone: text('phone', 50) }
  await visit.api.post('/store/customers/me', { body })
  return seeOther(`${visit.to('/account/profile')}?saved=true`)
}

export const pages: Page[] = [
  { method: 'GET', path: '/account', customer: true, show: showAccount },
  { method: 'GET', path: '/account/orders', customer: true, show: showOrders },
  { method: 'GET', path: '/account/addresses', customer: true, show: (visit) => addressesDocument(visit) },
  { method: 'POST', path: '/account/addresses', customer: true, show: addAddress },
  { method: 'POST', path: '/account/addresses/remove', customer: true, show: removeAddress },
  { method: 'GET', path: '/account/profile', customer: true, show: showProfile },
  { method: 'POST', path: '/account/profile', customer: true, show: saveProfile },
  { method: 'POST', path: '/account/profile/verify', customer: true, show: askVerification },
]
