import type { Review } from '../answers.js'
import { dayText, type Visit } from '../visit.js'

interface ReviewsOf {
  visit: Visit
  reviews: readonly Review[]
  count: number
  heading: string
}

export function Reviews({ visit, reviews, count, heading }: ReviewsOf) {
  const { words } = visit
  return (
    <section class="reviews" id="reviews" aria-labelledby="reviews-heading">
      <h2 id="reviews-heading">
        {heading} ({count})
      </h2>
      {count === 0 && <p>{words.noReviews}</p>}
      <ul>
        {reviews.map((review) => (
          <li key={review.id}>
            <p class="star-row">
              <span aria-hidden="true">
                {'★'.repeat(review.rating)}
                {'☆'.repeat(5 - review.rating)}
              </span>
              <span class="unseen">{words.starsOf(String(review.rating))}</span>
            </p>
            {review.title !== null && <h3>{review.title}</h3>}
            {review.content !== null && <p>{review.content}</p>}
            <p class="note">
              {review.author_name ?? words.someone}, {dayText(visit, review.created_at)}
            </p>
            {review.answer !== null && (
              <blockquote>
                <p class="note">{words.answered}</p>
                <p>{review.answer}</p>
              </blockquote>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
