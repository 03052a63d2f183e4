import type { Colours, Theme } from '../themes/index.js'

/** Fonts that machines have already: nothing is fetched, and nobody is told who reads. */
const stacks: Record<Theme['fonts']['text'], string> = {
  system: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif',
  humanist: 'Seravek, "Gill Sans Nova", Ubuntu, Calibri, "Noto Sans", "Liberation Sans", "DejaVu Sans", sans-serif',
  geometric: 'Avenir, Montserrat, Corbel, "URW Gothic", "Century Gothic", "Liberation Sans", sans-serif',
  grotesque: '"Helvetica Neue", Inter, Roboto, "Arial Nova", "Nimbus Sans", "Liberation Sans", Arial, sans-serif',
  old_style: '"Iowan Old Style", "Palatino Linotype", "URW Palladio L", P052, "Liberation Serif", Georgia, serif',
  transitional: 'Charter, "Bitstream Charter", "Sitka Text", Cambria, "Liberation Serif", Georgia, serif',
  slab: 'Rockwell, "Rockwell Nova", "Roboto Slab", "DejaVu Serif", "Sitka Small", serif',
  rounded: 'ui-rounded, "Hiragino Maru Gothic ProN", Quicksand, Comfortaa, Manjari, "Liberation Sans", sans-serif',
}

const corners: Record<Theme['shape']['corners'], string> = { square: '0', soft: '6px', round: '16px' }

const names = Object.entries({
  page: '--page',
  surface: '--surface',
  text: '--text',
  muted: '--muted',
  line: '--line',
  accent: '--accent',
  on_accent: '--on-accent',
  band: '--band',
  on_band: '--on-band',
} satisfies Record<keyof Colours, string>) as [keyof Colours, string][]

function variables(colours: Colours): string {
  return names.map(([name, variable]) => `${variable}:${colours[name]}`).join(';')
}

/** A theme as a style sheet of its own: colours, fonts and shapes as variables that the storefront's styles use. */
export function themeStyles({ colours, fonts, shape }: Theme): string {
  return (
    `:root{${variables(colours.light)};--headings:${stacks[fonts.headings]};--words:${stacks[fonts.text]};--corner:${corners[shape.corners]};color-scheme:light}\n` +
    `@media (prefers-color-scheme:dark){:root{${variables(colours.dark)};color-scheme:dark}}\n`
  )
}
