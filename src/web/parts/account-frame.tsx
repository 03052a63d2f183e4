import type { ComponentChildren } from 'preact'
import type { Visit } from '../visit.js'

const entries = [
  '/account',
  '/account/orders',
  '/account/addresses',
  '/account/profile',
  '/account/security',
  '/account/wish-list',
] as const

/** A page of the account beside the list of all. */
export function AccountFrame({ visit, title, children }: { visit: Visit; title: string; children: ComponentChildren }) {
  const { words } = visit
  return (
    <div class="account">
      <nav aria-label={words.account}>
        <ul>
          {entries.map((path) => (
            <li key={path}>
              <a href={visit.to(path)} {...(visit.path === path ? { 'aria-current': 'page' } : {})}>
                {words.accountPages[path]}
              </a>
            </li>
          ))}
          <li>
            <form action={visit.to('/sign-out')} method="post">
              <button type="submit" class="link">
                {words.signOut}
              </button>
            </form>
          </li>
        </ul>
      </nav>
      <div class="account-page">
        <h1>{title}</h1>
        {children}
      </div>
    </div>
  )
}
