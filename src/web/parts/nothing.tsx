import type { Visit } from '../visit.js'

/** What stands where there is nothing yet, and leads to where it could come from. */
export function Nothing({ visit, words }: { visit: Visit; words: string }) {
  return (
    <div class="nothing">
      <p>{words}</p>
      <a class="button quiet" href={visit.to('/products')}>
        {visit.words.toProducts}
      </a>
    </div>
  )
}
