import type { Page } from '../page.js'
import { pages as account } from './account.js'
import { pages as accountSecurity } from './account-security.js'
import { pages as cart } from './cart.js'
import { pages as checkout } from './checkout.js'
import { pages as home } from './home.js'
import { pages as lists } from './lists.js'
import { pages as orders } from './orders.js'
import { pages as orderPayment } from './order-payment.js'
import { pages as product } from './product.js'
import { pages as returns } from './returns.js'
import { pages as review } from './review.js'
import { pages as secondStep } from './second-step.js'
import { pages as signIn } from './sign-in.js'
import { pages as transfer } from './transfer.js'
import { pages as vendors } from './vendors.js'
import { pages as wishList } from './wish-list.js'
import { pages as status } from './status.js'
import { pages as statics } from './statics.js'

/** Every page of a storefront. */
export const pages: readonly Page[] = [
  ...home,
  ...lists,
  ...product,
  ...vendors,
  ...cart,
  ...checkout,
  ...orders,
  ...orderPayment,
  ...returns,
  ...review,
  ...transfer,
  ...signIn,
  ...secondStep,
  ...account,
  ...accountSecurity,
  ...wishList,
  ...statics,
  ...status,
]
