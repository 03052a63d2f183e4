import type { Rating } from '../answers.js'
import type { Visit } from '../visit.js'

export function Stars({ visit, rating }: { visit: Visit; rating: Rating }) {
  const average = rating.average ?? 0
  const shown = new Intl.NumberFormat(visit.locale, { maximumFractionDigits: 1 }).format(average)
  return (
    <p class="stars">
      <span aria-hidden="true" class="star-row">
        {'★'.repeat(Math.round(average))}
        {'☆'.repeat(5 - Math.round(average))}
      </span>
      <span class="unseen">{visit.words.starsOf(shown)}</span> <span>({rating.count})</span>
    </p>
  )
}
