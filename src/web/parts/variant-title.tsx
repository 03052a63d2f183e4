import type { Line } from '../answers.js'

/** Which of a product it is, where there is more than one. Its direction is that of its own letters, whatever the page's. */
export function VariantTitle({ line }: { line: Pick<Line, 'variant_title'> }) {
  if (line.variant_title === null || line.variant_title === 'Default') return null
  return (
    <p class="note">
      <bdi>{line.variant_title}</bdi>
    </p>
  )
}
