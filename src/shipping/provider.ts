import { z } from 'zod'
import { divideRounded, exponentOf, toMinor } from '../kernel/index.js'

/** What of a cart goes with a shipping option: the lines of its profile. */
export interface Parcel {
  currency: string
  pieces: number
  /** In the unit that the store's weights are in. */
  weight: number
}

/**
 * Who carries goods. Prices are computed inside a cart's transaction, so a provider computes them from what the option
 * holds; one that has to ask a carrier keeps its tariff in the option's data.
 */
export interface FulfillmentProvider {
  readonly id: string
  readonly name: string
  /** Says what is wrong with the data of an option whose price is calculated; null when nothing is. */
  refuseData(data: unknown): string | null
  /** What a parcel costs, in minor units; null where the option does not carry it. */
  calculate(data: unknown, parcel: Parcel): bigint | null
}

const amount = z.number().min(0).max(1_000_000_000)
const tariff = z.strictObject({ base: amount, per_piece: amount.optional(), per_weight: amount.optional(), weight_max: amount.optional() })
const manualData = z.object({ tariff: z.record(z.string().regex(/^[a-z]{3}$/), tariff) })

/** Shares of a minor unit that a price for one unit of weight may have. */
const fine = 1_000_000

/** The store packs by itself, at its own tariff: so much, and so much more for each piece and each unit of weight. */
const manual: FulfillmentProvider = {
  id: 'manual_manual',
  name: 'Manual fulfilment',
  refuseData(data) {
    const parsed = manualData.safeParse(data)
    if (!parsed.success) return 'A calculated price needs data.tariff: { <currency>: { base, per_piece?, per_weight?, weight_max? } }'
    for (const [currency, rates] of Object.entries(parsed.data.tariff)) {
      toMinor(rates.base, currency)
      toMinor(rates.per_piece ?? 0, currency)
    }
    return null
  },
  calculate(data, parcel) {
    const parsed = manualData.safeParse(data)
    const rates = parsed.success ? parsed.data.tariff[parcel.currency] : undefined
    if (rates === undefined || (rates.weight_max !== undefined && parcel.weight > rates.weight_max)) return null
    const { currency, pieces, weight } = parcel
    const perWeight = BigInt(Math.round((rates.per_weight ?? 0) * fine))
    const milli = BigInt(Math.round(weight * 1_000))
    const scale = 10n ** BigInt(exponentOf(currency))
    return (
      toMinor(rates.base, currency) +
      toMinor(rates.per_piece ?? 0, currency) * BigInt(pieces) +
      divideRounded(perWeight * milli * scale, BigInt(fine) * 1_000n)
    )
  },
}

export const fulfillmentProviders: readonly FulfillmentProvider[] = [manual]

/** By its id, `<provider>_<configuration>` as Medusa names them: the configuration says nothing to those that have none. */
export function fulfillmentProviderOf(id: string): FulfillmentProvider | undefined {
  return fulfillmentProviders.find((provider) => provider.id.split('_')[0] === id.split('_')[0])
}
