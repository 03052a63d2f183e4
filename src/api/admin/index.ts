import type { Route } from '../../http/index.js'
import { routes as apiKeys } from './api-keys.js'
import { routes as audit } from './audit.js'
import { routes as campaigns } from './campaigns.js'
import { routes as commissionRules } from './commission-rules.js'
import { routes as customerGroups } from './customer-groups.js'
import { routes as commissionTax } from './commission-tax.js'
import { routes as customers } from './customers.js'
import { routes as disputes } from './disputes.js'
import { routes as draftOrders } from './draft-orders.js'
import { routes as claims } from './claims.js'
import { routes as exchanges } from './exchanges.js'
import { routes as fulfillments } from './fulfillments.js'
import { routes as giftCards } from './gift-cards.js'
import { routes as holds } from './holds.js'
import { routes as instance } from './instance.js'
import { routes as inventory } from './inventory.js'
import { routes as invoices } from './invoices.js'
import { routes as ledger } from './ledger.js'
import { routes as locations } from './locations.js'
import { routes as exported } from './exports.js'
import { routes as imports } from './imports.js'
import { routes as notifications } from './notifications.js'
import { routes as orderChanges } from './order-changes.js'
import { routes as orderEdits } from './order-edits.js'
import { routes as orderFulfillments } from './order-fulfillments.js'
import { routes as orders } from './orders.js'
import { routes as orderShippingOptions } from './order-shipping-options.js'
import { routes as orderTransfers } from './order-transfers.js'
import { routes as payees } from './payees.js'
import { routes as paymentAccounts } from './payment-accounts.js'
import { routes as paymentCollections } from './payment-collections.js'
import { routes as payments } from './payments.js'
import { routes as payouts } from './payouts.js'
import { routes as priceLists } from './price-lists.js'
import { routes as productParts } from './product-parts.js'
import { routes as promotions } from './promotions.js'
import { routes as products } from './products.js'
import { routes as providers } from './providers.js'
import { routes as reconciliation } from './reconciliation.js'
import { routes as refundReasons } from './refund-reasons.js'
import { routes as regions } from './regions.js'
import { routes as releases } from './releases.js'
import { routes as reports } from './reports.js'
import { routes as reservations } from './reservations.js'
import { routes as returnReasons } from './return-reasons.js'
import { routes as returns } from './returns.js'
import { routes as productReviews } from './product-reviews.js'
import { routes as reviews } from './reviews.js'
import { routes as salesChannels } from './sales-channels.js'
import { routes as shipping } from './shipping.js'
import { routes as shippingOptionTypes } from './shipping-option-types.js'
import { routes as staff } from './staff.js'
import { routes as storePayee } from './store-payee.js'
import { routes as stores } from './stores.js'
import { routes as storeCredit } from './store-credit.js'
import { routes as taxes } from './taxes.js'
import { routes as translationOverview } from './translation-overview.js'
import { routes as translations } from './translations.js'
import { routes as uploads } from './uploads.js'
import { routes as users } from './users.js'
import { routes as productOptions } from './product-options.js'
import { routes as variants } from './variants.js'
import { routes as variantImages } from './variant-images.js'
import { routes as vendors } from './vendors.js'
import { routes as vocabulary } from './vocabulary.js'
import { routes as categories } from './categories.js'
import { webhookRoutes } from '../webhooks.js'

export const routes: Route[] = [
  ...instance,
  ...stores,
  ...salesChannels,
  ...regions,
  ...taxes,
  ...vocabulary,
  ...categories,
  ...imports,
  ...productParts,
  ...products,
  ...productOptions,
  ...variantImages,
  ...variants,
  ...priceLists,
  ...promotions,
  ...campaigns,
  ...giftCards,
  ...storeCredit,
  ...locations,
  ...shipping,
  ...shippingOptionTypes,
  ...inventory,
  ...reservations,
  ...providers,
  ...paymentAccounts,
  ...disputes,
  ...reconciliation,
  ...apiKeys,
  ...users,
  ...staff,
  ...vendors,
  ...customers,
  ...customerGroups,
  ...commissionRules,
  ...orders,
  ...draftOrders,
  ...orderTransfers,
  ...orderShippingOptions,
  ...orderFulfillments,
  ...fulfillments,
  ...orderEdits,
  ...orderChanges,
  ...returns,
  ...exchanges,
  ...claims,
  ...returnReasons,
  ...refundReasons,
  ...payments,
  ...paymentCollections,
  ...payees,
  ...releases,
  ...storePayee,
  ...commissionTax,
  ...payouts,
  ...invoices,
  ...holds,
  ...ledger,
  ...reports,
  ...audit,
  ...exported,
  ...notifications,
  ...uploads,
  ...productReviews,
  ...reviews,
  ...translationOverview,
  ...translations,
  ...webhookRoutes('admin'),
]
