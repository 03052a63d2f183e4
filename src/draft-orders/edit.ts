import type { LineChange, PutLine, SetMethod } from '../carts/index.js'

interface Noted {
  id: string
  internal_note: string | null
  created_at: string
}

/** One step of an edit. `reference_id` is the line or method that it makes or changes, set aside while it is only shown. */
export type DraftAction = Noted &
  (
    | { action: 'ITEM_ADD'; reference_id: string; details: PutLine }
    | { action: 'ITEM_UPDATE'; reference_id: string; details: LineChange }
    | { action: 'SHIPPING_ADD'; reference_id: string; details: SetMethod }
    | { action: 'SHIPPING_UPDATE'; reference_id: string; details: MethodChange }
    | { action: 'SHIPPING_REMOVE'; reference_id: string; details: Record<string, never> }
    | { action: 'PROMOTION_ADD' | 'PROMOTION_REMOVE'; reference_id: string; details: { code: string } }
  )

export interface MethodChange {
  option_id?: string | undefined
  custom_amount?: number | null | undefined
  description?: string | null | undefined
  metadata?: Record<string, unknown> | null | undefined
}

/** What staff want to change of a draft order, before it is done. */
export interface DraftEdit {
  id: string
  status: 'pending' | 'requested'
  created_by: string | null
  created_at: string
  requested_by: string | null
  requested_at: string | null
  actions: DraftAction[]
}
