import assert from 'node:assert/strict'
import MedusaSdk from '@medusajs/js-sdk'
import type { HttpTypes } from '@medusajs/types'
import type { Sdk } from '../../support/admin-client.js'
import { useApp } from '../../support/app.js'
import { methodsOf, noting } from '../../support/sdk-methods.js'
import { medusaShop } from './shop.js'

// Its types describe the package's other build, whose default is one level deeper.
const Medusa = MedusaSdk as unknown as typeof MedusaSdk.default

/** What a store owner calls to set a catalogue up. */
const parts = [
  'currency',
  'inventoryItem',
  'locale',
  'priceList',
  'pricePreference',
  'product',
  'productCategory',
  'productCollection',
  'productOption',
  'productTag',
  'productType',
  'productVariant',
  'region',
  'reservation',
  'salesChannel',
  'stockLocation',
  'store',
  'taxProvider',
  'taxRate',
  'taxRegion',
  'translation',
  'upload',
] as const

/** What can be translated is the same in every store. */
const ours = ['admin.translation.batchSettings']

describe('every method of Medusa’s SDK that sets a catalogue up', () => {
  const app = useApp()
  const called = new Set<string>()
  let sdk: Sdk
  let admin: Sdk['admin']
  let channelId: string
  let locationId: string

  before(async () => {
    const shop = await medusaShop(app())
    sdk = new Medusa({ baseUrl: app().url, apiKey: shop.secretKey })
    admin = noting(sdk.admin, 'admin', called)
    channelId = shop.channelId
  })

  const product = async (title: string, more: object = {}): Promise<HttpTypes.AdminProduct> => {
    const made: HttpTypes.AdminProductResponse = await admin.product.create({
      title,
      options: [{ title: 'Size', values: ['S', 'M'] }],
      variants: [{ title: 'S', options: { Size: 'S' }, prices: [{ currency_code: 'usd', amount: 10 }] }],
      images: [{ url: 'one.png' }],
      ...more,
    })
    return made.product
  }
  const variantOf = (one: HttpTypes.AdminProduct): string => one.variants?.[0]?.id as string

  it('keeps the store and where it sells', async () => {
    const { stores }: HttpTypes.AdminStoreListResponse = await admin.store.list()
    const id = stores[0]?.id as string
    await admin.store.update(id, { supported_locales: [{ locale_code: 'de-DE' }] })
    const { store }: HttpTypes.AdminStoreResponse = await admin.store.retrieve(id)
    assert.deepEqual(
      store.supported_locales?.map((locale) => locale.locale_code),
      ['de-DE'],
    )
    const currencies: HttpTypes.AdminCurrencyListResponse = await admin.currency.list({ code: 'usd' })
    const currency: HttpTypes.AdminCurrencyResponse = await admin.currency.retrieve('usd')
    assert.deepEqual([currencies.count, currency.currency.decimal_digits], [1, 2])
    const { locales } = await admin.locale.list({ code: 'de-DE' })
    assert.equal((await admin.locale.retrieve('de-DE')).locale.name, locales[0]?.name)
    const made: HttpTypes.AdminRegionResponse = await admin.region.create({ name: 'Canada', currency_code: 'usd', countries: ['ca'] })
    await admin.region.update(made.region.id, { name: 'North' })
    const { region }: HttpTypes.AdminRegionResponse = await admin.region.retrieve(made.region.id)
    const regions: HttpTypes.AdminRegionListResponse = await admin.region.list({ id: [made.region.id] })
    assert.deepEqual([region.name, regions.count], ['North', 1])
    const preference: HttpTypes.AdminPricePreferenceResponse = await admin.pricePreference.create({
      attribute: 'currency_code',
      value: 'cad',
      is_tax_inclusive: true,
    })
    const preferenceId = preference.price_preference.id
    await admin.pricePreference.update(preferenceId, { is_tax_inclusive: false })
    const kept: HttpTypes.AdminPricePreferenceResponse = await admin.pricePreference.retrieve(preferenceId)
    const preferences: HttpTypes.AdminPricePreferenceListResponse = await admin.pricePreference.list({ value: ['cad', made.region.id] })
    assert.deepEqual([kept.price_preference.is_tax_inclusive, preferences.count], [false, 2], 'the region has its own')
    assert.equal((await admin.pricePreference.delete(preferenceId)).deleted, true)
    assert.equal((await admin.region.delete(made.region.id)).object, 'region')
  })

  it('keeps channels and locations', async () => {
    const { sales_channel }: HttpTypes.AdminSalesChannelResponse = await admin.salesChannel.create({ name: 'Stall' })
    await admin.salesChannel.update(sales_channel.id, { description: 'On the market' })
    const one = await product('In a stall')
    await admin.salesChannel.updateProducts(sales_channel.id, { add: [one.id] })
    await admin.salesChannel.batchProducts(sales_channel.id, { remove: [one.id] })
    const kept: HttpTypes.AdminSalesChannelResponse = await admin.salesChannel.retrieve(sales_channel.id)
    const channels: HttpTypes.AdminSalesChannelListResponse = await admin.salesChannel.list({ q: 'Stall' })
    assert.deepEqual([kept.sales_channel.description, channels.count], ['On the market', 1])
    const made: HttpTypes.AdminStockLocationResponse = await admin.stockLocation.create({ name: 'Shed' })
    locationId = made.stock_location.id
    await admin.stockLocation.update(locationId, { name: 'Barn' })
    await admin.stockLocation.updateSalesChannels(locationId, { add: [channelId] })
    await admin.stockLocation.createFulfillmentSet(locationId, { name: 'Barn', type: 'shipping' })
    await admin.stockLocation.updateFulfillmentProviders(locationId, { add: ['manual_manual'] })
    const { stock_location }: HttpTypes.AdminStockLocationResponse = await admin.stockLocation.retrieve(locationId)
    const locations: HttpTypes.AdminStockLocationListResponse = await admin.stockLocation.list({ q: 'Barn' })
    assert.deepEqual([stock_location.name, locations.count], ['Barn', 1])
    const spare: HttpTypes.AdminStockLocationResponse = await admin.stockLocation.create({ name: 'Spare' })
    assert.equal((await admin.stockLocation.delete(spare.stock_location.id)).deleted, true)
    assert.equal((await admin.salesChannel.delete(sales_channel.id)).object, 'sales-channel')
  })

  it('keeps taxes', async () => {
    const { tax_providers }: HttpTypes.AdminTaxProviderListResponse = await admin.taxProvider.list()
    const { tax_region }: HttpTypes.AdminTaxRegionResponse = await admin.taxRegion.create({
      country_code: 'fr',
      provider_id: tax_providers[0]?.id as string,
    })
    await admin.taxRegion.update(tax_region.id, { metadata: { checked: true } })
    const regions: HttpTypes.AdminTaxRegionListResponse = await admin.taxRegion.list({ id: tax_region.id })
    const kept: HttpTypes.AdminTaxRegionResponse = await admin.taxRegion.retrieve(tax_region.id)
    assert.deepEqual([regions.count, kept.tax_region.metadata], [1, { checked: true }])
    const made: HttpTypes.AdminTaxRateResponse = await admin.taxRate.create({
      tax_region_id: tax_region.id,
      name: 'TVA',
      code: 'TVA',
      rate: 20,
    })
    await admin.taxRate.update(made.tax_rate.id, { rate: 19.6 })
    const { tax_rate }: HttpTypes.AdminTaxRateResponse = await admin.taxRate.retrieve(made.tax_rate.id)
    const rates: HttpTypes.AdminTaxRateListResponse = await admin.taxRate.list({ tax_region_id: tax_region.id })
    assert.deepEqual([tax_rate.rate, rates.count], [19.6, 1])
    assert.equal((await admin.taxRate.delete(tax_rate.id)).deleted, true)
    assert.equal((await admin.taxRegion.delete(tax_region.id)).object, 'tax_region')
  })

  it('keeps the words that products are found by', async () => {
    const one = await product('Found')
    const { collection }: HttpTypes.AdminCollectionResponse = await admin.productCollection.create({ title: 'Summer' })
    await admin.productCollection.update(collection.id, { title: 'High summer' })
    await admin.productCollection.updateProducts(collection.id, { add: [one.id] })
    const collections: HttpTypes.AdminCollectionListResponse = await admin.productCollection.list({ title: 'High summer' })
    const kept: HttpTypes.AdminCollectionResponse = await admin.productCollection.retrieve(collection.id, { fields: '*products' })
    assert.deepEqual([collections.count, kept.collection.products?.[0]?.id], [1, one.id])
    const { product_category }: HttpTypes.AdminProductCategoryResponse = await admin.productCategory.create({ name: 'Top' })
    const child: HttpTypes.AdminProductCategoryResponse = await admin.productCategory.create({
      name: 'Below',
      parent_category_id: product_category.id,
    })
    await admin.productCategory.update(child.product_category.id, { is_active: true })
    await admin.productCategory.updateProducts(child.product_category.id, { add: [one.id] })
    const categories: HttpTypes.AdminProductCategoryListResponse = await admin.productCategory.list({
      include_descendants_tree: true,
      id: product_category.id,
    })
    const below: HttpTypes.AdminProductCategoryResponse = await admin.productCategory.retrieve(child.product_category.id, {
      include_ancestors_tree: true,
    })
    assert.deepEqual(
      [categories.product_categories[0]?.category_children[0]?.id, below.product_category.parent_category?.id],
      [child.product_category.id, product_category.id],
    )
    assert.equal((await admin.productCategory.delete(child.product_category.id)).object, 'product_category')
    assert.equal((await admin.productCollection.delete(collection.id)).object, 'collection')
    const { product_tag }: HttpTypes.AdminProductTagResponse = await admin.productTag.create({ value: 'hot' })
    await admin.productTag.update(product_tag.id, { value: 'warm' })
    const tags: HttpTypes.AdminProductTagListResponse = await admin.productTag.list({ value: 'warm' })
    assert.deepEqual([tags.count, (await admin.productTag.retrieve(product_tag.id)).product_tag.value], [1, 'warm'])
    assert.equal((await admin.productTag.delete(product_tag.id)).object, 'product_tag')
    const { product_type }: HttpTypes.AdminProductTypeResponse = await admin.productType.create({ value: 'Tool' })
    await admin.productType.update(product_type.id, { value: 'Tools' })
    const types: HttpTypes.AdminProductTypeListResponse = await admin.productType.list({ value: 'Tools' })
    assert.deepEqual([types.count, (await admin.productType.retrieve(product_type.id)).product_type.value], [1, 'Tools'])
    assert.equal((await admin.productType.delete(product_type.id)).object, 'product_type')
  })

  it('keeps products with their variants, options and images', async () => {
    const one = await product('Kept')
    await admin.product.update(one.id, { subtitle: 'Well' })
    const batch: HttpTypes.AdminBatchProductResponse = await admin.product.batch({ update: [{ id: one.id, material: 'oak' }] })
    assert.equal(batch.updated[0]?.material, 'oak')
    await admin.product.createVariant(one.id, { title: 'M', options: { Size: 'M' }, prices: [{ currency_code: 'usd', amount: 11 }] })
    await admin.product.updateVariant(one.id, variantOf(one), { sku: 'KEPT-S' })
    const changed: HttpTypes.AdminBatchProductVariantResponse = await admin.product.batchVariants(one.id, {
      update: [{ id: variantOf(one), ean: '4006381333931' }],
    })
    assert.equal(changed.updated[0]?.ean, '4006381333931')
    const variants: HttpTypes.AdminProductVariantListResponse = await admin.product.listVariants(one.id, { manage_inventory: true })
    const variant: HttpTypes.AdminProductVariantResponse = await admin.product.retrieveVariant(one.id, variantOf(one))
    const everywhere: HttpTypes.AdminProductVariantListResponse = await admin.productVariant.list({ sku: 'KEPT-S' })
    assert.deepEqual([variants.count, variant.variant.sku, everywhere.count], [2, 'KEPT-S', 1])
    const [image] = one.images ?? []
    await admin.product.batchImageVariants(one.id, image?.id as string, { add: [variantOf(one)] })
    const shown: HttpTypes.AdminBatchVariantImagesResponse = await admin.product.batchVariantImages(one.id, variantOf(one), {
      remove: [image?.id as string],
    })
    assert.deepEqual(shown, { added: [], removed: [image?.id] })
    const gone: HttpTypes.AdminProductVariantDeleteResponse = await admin.product.deleteVariant(one.id, variants.variants[1]?.id as string)
    assert.equal(gone.parent?.variants?.length, 1)
    const options: HttpTypes.AdminProductOptionListResponse = await admin.product.listOptions(one.id)
    const size = options.product_options[0]?.id as string
    await admin.product.updateOption(one.id, size, { values: ['S', 'M', 'L'] })
    const option: HttpTypes.AdminProductOptionResponse = await admin.product.retrieveOption(one.id, size)
    assert.deepEqual(
      option.product_option.values?.map((value) => value.value),
      ['S', 'M', 'L'],
    )
    await admin.product.createOption(one.id, { title: 'Own', values: ['one'] })
    const { product: grown }: HttpTypes.AdminProductResponse = await admin.product.retrieve(one.id)
    const own = grown.options?.find((each) => each.title === 'Own')?.id as string
    assert.equal((await admin.product.deleteOption(one.id, own)).deleted, true)
    const { product_option }: HttpTypes.AdminProductOptionResponse = await admin.productOption.create({
      title: 'Glaze',
      values: ['matt', 'shiny'],
    })
    await admin.productOption.update(product_option.id, { title: 'Finish' })
    const { product_option_values } = await admin.productOption.listValues(product_option.id)
    const [matt, shiny] = product_option_values.map((value) => value.id) as [string, string]
    await admin.product.linkOptions(one.id, { add: [{ id: product_option.id, value_ids: [matt] }] })
    const linked: HttpTypes.AdminProductOptionResponse = await admin.productOption.retrieve(product_option.id)
    const listed: HttpTypes.AdminProductOptionListResponse = await admin.productOption.list({ title: 'Finish' })
    assert.deepEqual([linked.product_option.title, listed.count], ['Finish', 1])
    await admin.productOption.updateValue(product_option.id, matt, { value: 'dull' })
    assert.equal((await admin.productOption.retrieveValue(product_option.id, matt)).product_option_value.value, 'dull')
    assert.equal((await admin.productOption.deleteValue(product_option.id, shiny)).object, 'product_option_value')
    await admin.product.linkOptions(one.id, { remove: [product_option.id] })
    assert.equal((await admin.productOption.delete(product_option.id)).deleted, true)
    const products: HttpTypes.AdminProductListResponse = await admin.product.list({ q: 'Kept', status: ['draft'] })
    assert.equal(products.count, 1)
    assert.equal((await admin.product.delete(one.id)).object, 'product')
  })

  it('counts stock, and keeps it back', async () => {
    const one = await product('Counted')
    const { inventory_item }: HttpTypes.AdminInventoryItemResponse = await admin.inventoryItem.create({ sku: 'COUNTED' })
    const id = inventory_item.id
    await admin.inventoryItem.update(id, { title: 'Counted' })
    await admin.inventoryItem.batchInventoryItemLocationLevels(id, { create: [{ location_id: locationId, stocked_quantity: 5 }] })
    await admin.inventoryItem.updateLevel(id, locationId, { stocked_quantity: 8 })
    await admin.inventoryItem.batchInventoryItemsLocationLevels({
      update: [{ inventory_item_id: id, location_id: locationId, stocked_quantity: 9 }],
    })
    await admin.inventoryItem.batchUpdateLevels(id, { update: [{ location_id: locationId, incoming_quantity: 1 }] })
    const levels: HttpTypes.AdminInventoryLevelListResponse = await admin.inventoryItem.listLevels(id)
    assert.deepEqual([levels.inventory_levels[0]?.stocked_quantity, levels.inventory_levels[0]?.incoming_quantity], [9, 1])
    await admin.product.batchVariantInventoryItems(one.id, {
      create: [{ variant_id: variantOf(one), inventory_item_id: id, required_quantity: 2 }],
    })
    const { reservation }: HttpTypes.AdminReservationResponse = await admin.reservation.create({
      inventory_item_id: id,
      location_id: locationId,
      quantity: 2,
      line_item_id: null,
    } as HttpTypes.AdminCreateReservation)
    await admin.reservation.update(reservation.id, { quantity: 3 })
    const kept: HttpTypes.AdminReservationResponse = await admin.reservation.retrieve(reservation.id)
    const reservations: HttpTypes.AdminReservationListResponse = await admin.reservation.list({ inventory_item_id: id })
    assert.deepEqual([kept.reservation.quantity, reservations.count], [3, 1])
    assert.equal((await admin.reservation.delete(reservation.id)).object, 'reservation')
    const items: HttpTypes.AdminInventoryItemListResponse = await admin.inventoryItem.list({ sku: 'COUNTED' })
    const item: HttpTypes.AdminInventoryItemResponse = await admin.inventoryItem.retrieve(id)
    assert.deepEqual([items.count, item.inventory_item.title, item.inventory_item.reserved_quantity], [1, 'Counted', 0])
    await admin.product.batchVariantInventoryItems(one.id, { delete: [{ variant_id: variantOf(one), inventory_item_id: id }] })
    await admin.inventoryItem.updateLevel(id, locationId, { stocked_quantity: 0, incoming_quantity: 0 })
    assert.equal((await admin.inventoryItem.deleteLevel(id, locationId)).object, 'inventory-level')
    assert.equal((await admin.inventoryItem.delete(id)).object, 'inventory_item')
  })

  it('prices by lists', async () => {
    const one = await product('Reduced')
    const { price_list }: HttpTypes.AdminPriceListResponse = await admin.priceList.create({
      title: 'Sale',
      description: 'Of summer',
      prices: [{ variant_id: variantOf(one), currency_code: 'usd', amount: 8, rules: {} }],
    } as HttpTypes.AdminCreatePriceList)
    await admin.priceList.update(price_list.id, { status: 'active' })
    const batch: HttpTypes.AdminPriceListBatchResponse = await admin.priceList.batchPrices(price_list.id, {
      create: [{ variant_id: variantOf(one), currency_code: 'eur', amount: 7, rules: {} }],
    } as HttpTypes.AdminBatchPriceListPrice)
    assert.equal(batch.created.length, 1)
    assert.equal((await admin.priceList.prices(price_list.id)).prices.length, 2)
    await admin.priceList.linkProducts(price_list.id, { remove: [one.id] })
    const kept: HttpTypes.AdminPriceListResponse = await admin.priceList.retrieve(price_list.id)
    const lists: HttpTypes.AdminPriceListListResponse = await admin.priceList.list({ q: 'Sale' })
    assert.deepEqual([kept.price_list.status, kept.price_list.prices, lists.count], ['active', [], 1])
    assert.equal((await admin.priceList.delete(price_list.id)).object, 'price_list')
  })

  it('translates, and hands pictures in', async () => {
    const one = await product('Chair')
    const batch: HttpTypes.AdminTranslationsBatchResponse = await admin.translation.batch({
      create: [{ reference: 'product', reference_id: one.id, locale_code: 'de-DE', translations: { title: 'Stuhl' } }],
    } as HttpTypes.AdminBatchTranslations)
    assert.equal(batch.created[0]?.translations.title, 'Stuhl')
    const listed: HttpTypes.AdminTranslationsListResponse = await admin.translation.list({ reference_id: one.id })
    const { translation_settings } = await admin.translation.settings({ entity_type: 'product' })
    assert.deepEqual([listed.count, translation_settings.product?.fields.includes('title')], [1, true])
    const { data, count } = await admin.translation.entities({ type: 'product', id: one.id })
    assert.deepEqual([count, data[0]?.title, data[0]?.translations[0]?.locale_code], [1, 'Chair', 'de-DE'])
    const { statistics } = await admin.translation.statistics({ locales: ['de-DE'], entity_types: ['product', 'unknown'] })
    const { expected = 0, translated, missing, by_locale = {} } = statistics.product ?? {}
    assert.deepEqual([translated, missing, by_locale['de-DE']?.translated, statistics.unknown?.expected], [1, expected - 1, 1, 0])
    const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
    const picture = new File([Buffer.from(pixel, 'base64')], 'chair.png', { type: 'image/png' })
    // The client asks whether files come from a browser's form, which outside of one it cannot know.
    Object.assign(globalThis, { FileList: class {} })
    const handedIn = admin.upload.create({ files: [picture] })
    Reflect.deleteProperty(globalThis, 'FileList')
    const { files } = await handedIn
    const { file } = await admin.upload.retrieve(files[0]?.id as string)
    assert.equal((await fetch(file.url)).status, 200)
    assert.deepEqual(await admin.upload.delete(file.id), { id: file.id, object: 'file', deleted: true })
    assert.equal((await fetch(file.url)).status, 404)
  })

  it('brings products in files, and takes them out', async () => {
    const file = new File(['Product Handle,Product Title\nfrom-a-file,From a file'], 'goods.csv', { type: 'text/csv' })
    const { url } = await admin.upload.presignedUrl({ originalname: file.name, mime_type: file.type, size: file.size } as never)
    assert.equal(url, '/admin/uploads')
    const brought: HttpTypes.AdminImportProductResponse = await admin.product.createImport({ file })
    assert.deepEqual(brought.summary, { toCreate: 1, toUpdate: 0 })
    assert.deepEqual(await admin.product.confirmImport(brought.transaction_id), {})
    await app().drain()
    const { products }: HttpTypes.AdminProductListResponse = await admin.product.list({ handle: 'from-a-file' })
    assert.equal(products[0]?.title, 'From a file')
    const changed = new File([`Product Id,Product Title\n${products[0]?.id},Changed`], 'goods.csv', { type: 'text/csv' })
    const older: HttpTypes.AdminImportProductResponse = await admin.product.import({ file: changed })
    assert.deepEqual(older.summary, { toCreate: 0, toUpdate: 1 })
    const { transaction_id }: HttpTypes.AdminExportProductResponse = await admin.product.export({}, { handle: ['from-a-file'] })
    assert.equal(typeof transaction_id, 'string')
    await app().drain()
    const { notifications }: HttpTypes.AdminNotificationListResponse = await admin.notification.list({ channel: 'feed' })
    assert.deepEqual(notifications.map((notification) => notification.data?.title).toSorted(), ['Product export', 'Product import'])
  })

  it('was called', () => {
    const all = parts.flatMap((part) => methodsOf(sdk.admin[part], `admin.${part}`))
    assert.ok(all.length >= 110, `only ${all.length} methods were found`)
    assert.deepEqual(
      all.filter((method) => !called.has(method) && !ours.includes(method)),
      [],
    )
  })
})
