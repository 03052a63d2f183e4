import type { Document } from '../page.js'
import type { Visit } from '../visit.js'

/** A page that says what is wrong and what to do. What the API says of a refusal is shown only where it is for shoppers. */
export function errorDocument(visit: Visit, status: number, message: string): Document {
  const { words } = visit
  const known = words.errors[status as keyof typeof words.errors] ?? (status < 500 ? words.errors[400] : words.errors[500])
  return {
    title: known.title,
    status,
    kind: 'narrow',
    body: (
      <div class="error-page">
        <h1>{known.title}</h1>
        <p>{known.text}</p>
        {status === 400 && <p class="note">{message}</p>}
        <ul class="chips">
          <li>
            <a href={visit.to('/')}>{words.toHome}</a>
          </li>
          <li>
            <a href={visit.to('/products')}>{words.allProducts}</a>
          </li>
          <li>
            <a href={visit.to('/cart')}>{words.toCart}</a>
          </li>
        </ul>
      </div>
    ),
  }
}
