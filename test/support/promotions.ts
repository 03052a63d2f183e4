import { good } from './http.js'
import type { TestStore } from './store.js'

interface PromotionWish {
  code: string
  value?: number
  type?: 'fixed' | 'percentage'
  target_type?: 'items' | 'shipping_methods' | 'order'
  /** Further fields of the application method. */
  method?: { allocation?: 'each' | 'across' | 'once' } & Record<string, unknown>
  /** Further fields of the promotion. */
  more?: object
}

/** An active promotion of the store, ten per cent off all items unless said otherwise. */
export async function promote(
  store: TestStore,
  { code, value = 10, type = 'percentage', target_type = 'items', method, more }: PromotionWish,
) {
  const { allocation = target_type === 'order' ? 'across' : 'each' } = method ?? {}
  const pieces = allocation === 'across' ? {} : { max_quantity: allocation === 'once' ? 1 : 10_000 }
  const application_method = {
    type,
    target_type,
    value,
    allocation,
    ...pieces,
    ...(type === 'fixed' ? { currency_code: store.currency } : {}),
    ...method,
  }
  return good(await store.admin.post('/admin/promotions', { code, type: 'standard', status: 'active', application_method, ...more }))
    .promotion as {
    id: string
    code: string
  }
}
