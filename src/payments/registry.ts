import type { PaymentProvider } from './provider.js'

const providers = new Map<string, PaymentProvider>()

/** Makes a provider known; done once at start for each. */
export function registerPaymentProvider(provider: PaymentProvider): void {
  providers.set(provider.id, provider)
}

/** The provider of an id, if this process has it. */
export function paymentProviderOf(id: string): PaymentProvider | undefined {
  return providers.get(id)
}

/** Ids of the providers that this process has. */
export function paymentProviderIds(): string[] {
  return [...providers.keys()]
}

/** `pp_stripe_stripe` is `stripe` in addresses. */
export const slugOf = (providerId: string): string => providerId.replace(/^pp_/, '').split('_')[0] as string
