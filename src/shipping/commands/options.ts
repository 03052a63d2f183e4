import { mergedMetadata, statement, tenantOf, type Unit } from '../../db/index.js'
import { invalidData, newId, notAllowed, notFound, unrelated } from '../../kernel/index.js'
import { clearConditionalPrices, type ConditionalPriceInput, insertConditionalPrices, isConditional } from '../../pricing/index.js'
import { fulfillmentProviderOf } from '../provider.js'
import { changedRules, type OptionRule, type OptionRuleInput, type RuleChanges, type RuledOption, rulesOf, splitRules } from '../rules.js'
import { createShippingOptionType, type ShippingOptionTypeInput } from './profiles.js'

/** A price of an option; those with a region, a group or rules about the total hold where these are met. */
export type OptionPrice = ConditionalPriceInput

export interface ShippingOptionInput {
  name: string
  service_zone_id: string
  shipping_profile_id: string
  /** A kind that is there already, or one to be made. */
  type_id?: string | undefined
  type?: Omit<ShippingOptionTypeInput, 'vendor_id'> | undefined
  /** 'manual_manual' when absent. */
  provider_id?: string | undefined
  /** Of an option whose price is flat. */
  prices: readonly OptionPrice[]
  /** A calculated price is what the provider makes of `data` and the cart; 'flat' when absent. */
  price_type?: 'flat' | 'calculated' | undefined
  data?: object | null | undefined
  metadata?: object | null | undefined
  /** What must hold of a cart; is_return is false and enabled_in_store true where no rule says otherwise. */
  rules?: readonly OptionRuleInput[] | undefined
}

/**
 * Adds a way of delivery, at flat prices or at one that its provider calculates. It belongs to the vendor of its zone; profile and kind must be the same vendor's.
 * @throws not_found for zone, profile or kind; not_allowed for a provider that there is not; invalid_data without exactly one of `type` and `type_id`, a currency twice, or no tariff
 */
export async function createShippingOption(unit: Unit, input: ShippingOptionInput): Promise<string> {
  const tenantId = tenantOf(unit)
  if ((input.type_id === undefined) === (input.type === undefined)) throw oneKind()
  const [zone] = await unit.run(
    statement<{ vendor_id: string }>(
      'shipping.vendor_of_zone',
      'select vendor_id from service_zone where tenant_id = $1 and id = $2 and deleted_at is null',
      [tenantId, input.service_zone_id],
    ),
  )
  if (zone === undefined) throw notFound(`Service zone with id: ${input.service_zone_id} was not found`)
  const { vendor_id } = zone
  const provider_id = input.provider_id ?? 'manual_manual'
  refuseProvider({ ...input, provider_id, price_type: input.price_type ?? 'flat' })
  await refuseForeign(unit, vendor_id, input)
  const typeId = input.type === undefined ? (input.type_id as string) : await createShippingOptionType(unit, { ...input.type, vendor_id })
  const { is_return = false, enabled_in_store = true, rules } = splitRules(input.rules ?? [], new Set())
  const priceSetId = newId('pset')
  await unit.knex('price_set').insert({ id: priceSetId, vendor_id })
  await writePrices(unit, { priceSetId, vendorId: vendor_id }, input.prices)
  const id = newId('so')
  await unit.knex('shipping_option').insert({
    id,
    vendor_id,
    name: input.name,
    service_zone_id: input.service_zone_id,
    shipping_profile_id: input.shipping_profile_id,
    shipping_option_type_id: typeId,
    price_set_id: priceSetId,
    provider_id,
    price_type: input.price_type ?? 'flat',
    data: input.data ?? null,
    metadata: input.metadata ?? null,
    is_return,
    enabled_in_store,
    rules: JSON.stringify(rules),
  })
  return id
}

const columns = ['name', 'provider_id', 'price_type', 'shipping_profile_id', 'data', 'metadata'] as const

export type ShippingOptionPatch = Partial<Omit<ShippingOptionInput, 'service_zone_id'>>

/** Changes an option: what is named is set, prices are a whole set. Throws not_found and invalid_data as creating does. */
export async function updateShippingOption(unit: Unit, id: string, patch: ShippingOptionPatch): Promise<void> {
  const tenantId = tenantOf(unit)
  const [option] = await unit.run(
    statement<{
      vendor_id: string
      price_set_id: string
      provider_id: string
      price_type: 'flat' | 'calculated'
      data: object | null
      rules: OptionRule[]
    }>(
      'shipping.lock_option',
      'select vendor_id, price_set_id, provider_id, price_type, data, rules from shipping_option where tenant_id = $1 and id = $2 and deleted_at is null for update',
      [tenantId, id],
    ),
  )
  if (option === undefined) throw notFound(`Shipping option with id: ${id} was not found`)
  if (patch.type !== undefined && patch.type_id !== undefined) throw oneKind()
  await refuseForeign(unit, option.vendor_id, patch)
  refuseProvider({
    provider_id: patch.provider_id ?? option.provider_id,
    price_type: patch.price_type ?? option.price_type,
    data: patch.data === undefined ? option.data : patch.data,
  })
  const changes: Record<string, unknown> = Object.fromEntries(
    columns.filter((name) => patch[name] !== undefined).map((name) => [name, patch[name]]),
  )
  if (patch.rules !== undefined) {
    const { rules, ...flags } = splitRules(patch.rules, new Set(option.rules.map((rule) => rule.id)))
    Object.assign(changes, flags, { rules: JSON.stringify(rules) })
  }
  if (patch.type_id !== undefined) changes.shipping_option_type_id = patch.type_id
  if (patch.type !== undefined) {
    changes.shipping_option_type_id = await createShippingOptionType(unit, { ...patch.type, vendor_id: option.vendor_id })
  }
  await unit
    .knex('shipping_option')
    .where({ tenant_id: tenantId, id })
    .update({ ...changes, ...mergedMetadata(unit, patch), updated_at: new Date() })
  if (patch.prices !== undefined) await writePrices(unit, { priceSetId: option.price_set_id, vendorId: option.vendor_id }, patch.prices)
}

/**
 * Makes, changes and takes away rules of an option.
 * @returns those that were made and changed
 * @throws not_found for the option and for a rule that it does not have; invalid_data
 */
export async function changeShippingOptionRules(
  unit: Unit,
  id: string,
  changes: RuleChanges,
): Promise<{ created: OptionRule[]; updated: OptionRule[] }> {
  const tenantId = tenantOf(unit)
  const [option] = await unit.run(
    statement<RuledOption>(
      'shipping.lock_rules',
      'select id, is_return, enabled_in_store, rules from shipping_option where tenant_id = $1 and id = $2 and deleted_at is null for update',
      [tenantId, id],
    ),
  )
  if (option === undefined) throw notFound(`Shipping option with id: ${id} was not found`)
  const { all, createdIds } = changedRules(option, changes)
  const { is_return = false, enabled_in_store = true, rules } = splitRules(all, new Set(all.map((rule) => rule.id)))
  await unit
    .knex('shipping_option')
    .where({ tenant_id: tenantId, id })
    .update({ is_return, enabled_in_store, rules: JSON.stringify(rules), updated_at: new Date() })
  const after = rulesOf({ id, is_return, enabled_in_store, rules })
  return {
    created: after.filter((rule) => createdIds.includes(rule.id)),
    updated: after.filter((rule) => changes.update.some((one) => one.id === rule.id)),
  }
}

/** Takes an option out of use. Carts that chose it must choose again; orders keep what they paid. Throws not_found. */
export async function deleteShippingOption(unit: Unit, id: string): Promise<void> {
  const gone = await unit.run(
    statement<{ id: string }>(
      'shipping.delete_option',
      'update shipping_option set deleted_at = now(), updated_at = now() where tenant_id = $1 and id = $2 and deleted_at is null returning id',
      [tenantOf(unit), id],
    ),
  )
  if (gone.length === 0) throw notFound(`Shipping option with id: ${id} was not found`)
}

const oneKind = () => invalidData("Invalid request: Exactly one of 'type' or 'type_id' must be provided, but not both")

/** A profile or kind of another vendor is as unknown as one of another store. */
async function refuseForeign(
  unit: Unit,
  vendorId: string,
  input: { shipping_profile_id?: string | undefined; type_id?: string | undefined },
): Promise<void> {
  const [known] = await unit.run(
    statement<{ profile: boolean; type: boolean }>(
      'shipping.known_parts',
      `select $3::text is null or exists (select 1 from shipping_profile p where p.tenant_id = $1 and p.vendor_id = $2
                and p.id = $3 and p.deleted_at is null) as profile,
              $4::text is null or exists (select 1 from shipping_option_type t where t.tenant_id = $1 and t.vendor_id = $2
                and t.id = $4 and t.deleted_at is null) as type`,
      [tenantOf(unit), vendorId, input.shipping_profile_id ?? null, input.type_id ?? null],
    ),
  )
  if (known?.profile !== true) throw unrelated('shipping_profile_id', input.shipping_profile_id)
  if (!known.type) throw unrelated('shipping_option_type_id', input.type_id)
}

function refuseProvider(option: { provider_id: string; price_type: 'flat' | 'calculated'; data?: object | null | undefined }): void {
  const provider = fulfillmentProviderOf(option.provider_id)
  if (provider === undefined) throw notAllowed(`Providers (${option.provider_id}) are not enabled for the service location`)
  // As in Medusa a flat one may wait for its prices, and is offered where it has one.
  if (option.price_type === 'flat') return
  const refusal = provider.refuseData(option.data)
  if (refusal !== null) throw invalidData(refusal)
}

/** Makes the prices of a set exactly these. A plain price that stays keeps its id. */
async function writePrices(unit: Unit, owner: { priceSetId: string; vendorId: string }, prices: readonly OptionPrice[]): Promise<void> {
  const plain = prices.filter((price) => !isConditional(price))
  const currencies = plain.map((price) => price.currency_code)
  if (new Set(currencies).size !== currencies.length) throw invalidData('A shipping option has one price without rules in each currency')
  await unit.run(
    statement(
      'shipping.write_prices',
      `with gone as (delete from price where tenant_id = $1 and price_set_id = $2 and currency_code <> all($5::text[]))
       insert into price (tenant_id, id, price_set_id, vendor_id, currency_code, amount_minor)
       select $1, p.id, $2, $3, p.currency, p.amount from unnest($4::text[], $5::text[], $6::bigint[]) as p (id, currency, amount)
       on conflict (tenant_id, price_set_id, currency_code, min_quantity) do update
         set amount_minor = excluded.amount_minor, updated_at = now()`,
      [
        tenantOf(unit),
        owner.priceSetId,
        owner.vendorId,
        plain.map(() => newId('price')),
        currencies,
        plain.map((price) => price.amount_minor),
      ],
    ),
  )
  await clearConditionalPrices(unit, owner.priceSetId)
  const conditional = prices.filter(isConditional)
  await insertConditionalPrices(
    unit,
    conditional.map((price) => ({ ...price, price_set_id: owner.priceSetId, vendor_id: owner.vendorId })),
  )
}
