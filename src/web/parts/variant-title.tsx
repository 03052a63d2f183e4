import { isNamed } from '../../translations/index.js'
import type { Line } from '../answers.js'

/** Which of a product it is, where there is more than one. Its direction is that of its own letters, whatever the page's. */
export function VariantTitle({ line }: { line: Pick<Line, 'variant_title'> }) {
  if (!isNamed(line.variant_title)) return null
  return (
    <p class="note">
      <bdi>{line.variant_title}</bdi>
    </p>
  )
}
