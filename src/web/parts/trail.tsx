import type { Visit } from '../visit.js'

export interface Step {
  label: string
  path: string
}

/** Where in the store a page is, from the home page on. */
export function Trail({ visit, steps, here }: { visit: Visit; steps: readonly Step[]; here: string }) {
  return (
    <nav class="trail" aria-label={visit.words.trail}>
      <ol>
        {[{ label: visit.words.home, path: '/' }, ...steps].map((step) => (
          <li key={step.path}>
            <a href={visit.to(step.path)}>{step.label}</a>
          </li>
        ))}
        <li>
          <span aria-current="page">{here}</span>
        </li>
      </ol>
    </nav>
  )
}

/** The same for search engines, in the words of schema.org. */
export function trailData(visit: Visit, steps: readonly Step[]): object {
  return {
    '@context': 'https://schema.org',
    '@type': 'BreadcrumbList',
    itemListElement: [{ label: visit.words.home, path: '/' }, ...steps].map((step, index) => ({
      '@type': 'ListItem',
      position: index + 1,
      name: step.label,
      item: `${visit.origin}${visit.to(step.path)}`,
    })),
  }
}
