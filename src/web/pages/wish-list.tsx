import { StoaError } from '../../kernel/index.js'
import { isNamed } from '../../translations/index.js'
import type { WishList } from '../answers.js'
import { type Page, type Shown, seeOther } from '../page.js'
import { AccountFrame } from '../parts/account-frame.js'
import { Nothing } from '../parts/nothing.js'
import { Picture } from '../parts/picture.js'
import type { Visit } from '../visit.js'

/** The customer's first list: the pages keep one. */
async function readList({ api }: Visit): Promise<WishList | null> {
  const query = { limit: 1, order: 'created_at' }
  const { wish_lists } = await api.get<{ wish_lists: WishList[] }>('/store/customers/me/wish-lists', { query })
  return wish_lists[0] ?? null
}

function Items({ visit, list, own }: { visit: Visit; list: Pick<WishList, 'items'>; own: boolean }) {
  const { words } = visit
  return (
    <ul class="wishes">
      {list.items.map((item) => (
        <li key={item.id} class="line">
          <Picture visit={visit} url={item.product.thumbnail} alt="" size={120} />
          <div class="line-words">
            <h2>
              <a href={visit.to(`/products/${item.product.handle}`)}>{item.product.title}</a>
            </h2>
            {isNamed(item.variant.title) && <p class="note">{item.variant.title}</p>}
          </div>
          <div class="wish-actions">
            <form action={visit.to('/cart/items')} method="post">
              <input type="hidden" name="variant_id" value={item.variant.id} />
              <button type="submit">
                {words.addToCart}
                <span class="unseen"> {item.product.title}</span>
              </button>
            </form>
            {own && (
              <form action={visit.to('/account/wish-list/remove')} method="post">
                <input type="hidden" name="id" value={item.id} />
                <button type="submit" class="link">
                  {words.remove}
                  <span class="unseen"> {item.product.title}</span>
                </button>
              </form>
            )}
          </div>
        </li>
      ))}
    </ul>
  )
}

async function show(visit: Visit): Promise<Shown> {
  const { words } = visit
  const list = await readList(visit)
  const title = words.accountPages['/account/wish-list']
  return {
    title,
    body: (
      <AccountFrame visit={visit} title={title}>
        {list === null || list.items.length === 0 ? (
          <Nothing visit={visit} words={words.noWishes} />
        ) : (
          <>
            <Items visit={visit} list={list} own />
            <form class="plain-form" action={visit.to('/account/wish-list/share')} method="post">
              {list.share_token === null ? (
                <button type="submit" class="quiet">
                  {words.share}
                </button>
              ) : (
                <>
                  <p>
                    {words.sharedAt}{' '}
                    <a
                      href={visit.to(`/wish-lists/${list.share_token}`)}
                    >{`${visit.origin}${visit.to(`/wish-lists/${list.share_token}`)}`}</a>
                  </p>
                  <button type="submit" class="quiet" name="end" value="true">
                    {words.unshare}
                  </button>
                </>
              )}
            </form>
          </>
        )}
      </AccountFrame>
    ),
  }
}

/** The first list. Of two clicks both may make one: what is kept is kept in the older. */
async function begin(visit: Visit): Promise<WishList> {
  const { wish_list } = await visit.api.post<{ wish_list: WishList }>('/store/customers/me/wish-lists', {
    body: { name: visit.words.wishListName },
  })
  return (await readList(visit)) ?? wish_list
}

/** Keeps a variant. Who is not signed in is asked to be, and presses the button again. */
async function keep(visit: Visit): Promise<Shown> {
  const { api, form } = visit
  const list = (await readList(visit)) ?? (await begin(visit))
  const variant_id = (form.get('variant_id') ?? '').slice(0, 64)
  try {
    if (!list.items.some((item) => item.variant.id === variant_id)) {
      await api.post('/store/customers/me/wish-lists/:id/items', { params: { id: list.id }, body: { variant_id } })
    }
  } catch (error) {
    // Two clicks keep it once.
    if (!(error instanceof StoaError) || error.type !== 'duplicate_error') throw error
  }
  return seeOther(visit.to('/account/wish-list'))
}

async function drop(visit: Visit): Promise<Shown> {
  const list = await readList(visit)
  const id = visit.form.get('id')
  if (list?.items.some((item) => item.id === id)) {
    await visit.api.delete('/store/customers/me/wish-lists/:id/items/:item_id', { params: { id: list.id, item_id: id as string } })
  }
  return seeOther(visit.to('/account/wish-list'))
}

async function share(visit: Visit): Promise<Shown> {
  const list = await readList(visit)
  if (list !== null) {
    const call = { params: { id: list.id } }
    if (visit.form.get('end') === 'true') await visit.api.delete('/store/customers/me/wish-lists/:id/share', call)
    else await visit.api.post('/store/customers/me/wish-lists/:id/share', call)
  }
  return seeOther(visit.to('/account/wish-list'))
}

async function showShared(visit: Visit): Promise<Shown> {
  const { api, params } = visit
  const { wish_list: list } = await api.get<{ wish_list: WishList }>('/store/wish-lists/:token', {
    params: { token: params.token as string },
  })
  return {
    title: list.name,
    kind: 'narrow',
    body: (
      <>
        <h1>{list.name}</h1>
        <Items visit={visit} list={list} own={false} />
      </>
    ),
  }
}

export const pages: Page[] = [
  { method: 'GET', path: '/account/wish-list', customer: true, show },
  { method: 'POST', path: '/account/wish-list', customer: true, show: keep },
  { method: 'POST', path: '/account/wish-list/remove', customer: true, show: drop },
  { method: 'POST', path: '/account/wish-list/share', customer: true, show: share },
  { method: 'GET', path: '/wish-lists/:token', ids: { token: 'wish_list_token' }, show: showShared },
]
