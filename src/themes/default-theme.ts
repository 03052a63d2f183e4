import type { Theme } from './schema.js'

/** What a store looks like that describes no storefront: quiet, legible, and with everything in its place. */
export const defaultTheme: Theme = {
  tagline: 'One cart, many makers',
  description: 'Goods of independent vendors, bought together and paid for once.',
  colours: {
    light: {
      page: '#ffffff',
      surface: '#f5f5f4',
      text: '#1c1917',
      muted: '#57534e',
      line: '#d6d3d1',
      accent: '#1d4ed8',
      on_accent: '#ffffff',
      band: '#1c1917',
      on_band: '#fafaf9',
    },
    dark: {
      page: '#1c1917',
      surface: '#292524',
      text: '#fafaf9',
      muted: '#c4bfba',
      line: '#57534e',
      accent: '#93b4ff',
      on_accent: '#0f172a',
      band: '#0c0a09',
      on_band: '#fafaf9',
    },
  },
  fonts: { headings: 'system', text: 'system' },
  shape: { corners: 'soft', header: 'line', cards: 'plain', hero: 'split' },
  home: [
    { kind: 'categories', title: 'Find your way' },
    { kind: 'products', title: 'New', show: 'newest', count: 8 },
    { kind: 'vendors', title: 'Who sells here' },
  ],
  footer: { text: 'One cart, many makers.', links: [] },
  pages: [],
}
