import { countryCode } from '../http/index.js'
import { isCountry } from '../regions/index.js'

/** A country that there is: for what an office or a payment provider is told, and nothing of ours would refuse later. */
export const knownCountry = countryCode.refine(isCountry, { error: ({ input }) => `Country with code: ${input} is not known` })
