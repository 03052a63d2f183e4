import type { ComponentChildren } from 'preact'
import { directionOf } from '../../translations/index.js'
import { assetsOf } from '../assets.js'
import type { Category } from '../answers.js'
import type { Document } from '../page.js'
import { marketName } from '../shops.js'
import { addressOf, type Visit } from '../visit.js'
import { languageName } from '../words/index.js'
import { WriteToUs } from './contact.js'
import { Icon } from './icons.js'
import { themePicture } from './picture.js'

/** What personal pages say at once, and shared ones are told by the script. */
export interface Personal {
  cartCount: number
  name: string | null
}

interface LayoutOf {
  visit: Visit
  shown: Document
  categories: readonly Category[]
  personal: Personal | null
  children: ComponentChildren
}

/** A whole page around what a page shows. */
export function Layout({ visit, shown, categories, personal, children }: LayoutOf) {
  const { shape } = visit.shop.theme
  return (
    <html lang={visit.locale} dir={directionOf(visit.locale)}>
      <Head visit={visit} shown={shown} />
      <body class={`header-${shape.header} cards-${shape.cards} hero-${shape.hero}`}>
        <a class="skip" href="#main">
          {visit.words.skip}
        </a>
        <Header visit={visit} categories={categories} personal={personal} />
        <main id="main" tabIndex={-1} class={shown.kind === 'narrow' ? 'column' : 'wide'}>
          {children}
        </main>
        <Footer visit={visit} />
        <p class="unseen" role="status" aria-live="polite" id="said" />
      </body>
    </html>
  )
}

function Head({ visit, shown }: { visit: Visit; shown: Document }) {
  const { shop, origin } = visit
  const assets = assetsOf(shop.theme)
  const title = visit.path === '/' ? `${shop.name} – ${visit.say(shop.theme.tagline)}` : `${shown.title} – ${shop.name}`
  const description = (shown.description ?? visit.say(shop.theme.description)).slice(0, 300)
  const address = (path: string) => `${origin}${visit.to(path)}`
  const picture = shown.picture === undefined ? undefined : `${origin}${visit.picture(shown.picture)}`
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>{title}</title>
      <meta name="description" content={description} />
      <meta name="color-scheme" content="light dark" />
      <meta name="theme-color" media="(prefers-color-scheme: light)" content={shop.theme.colours.light.page} />
      <meta name="theme-color" media="(prefers-color-scheme: dark)" content={shop.theme.colours.dark.page} />
      <link rel="stylesheet" href={assets.theme} />
      <link rel="stylesheet" href={assets.styles} />
      <script type="module" src={assets.script} />
      {shop.theme.logo !== undefined && <link rel="icon" href={themePicture(visit, shop.theme.logo)} />}
      {shown.canonical === undefined ? <meta name="robots" content="noindex" /> : <link rel="canonical" href={address(shown.canonical)} />}
      {shown.canonical !== undefined && <Alternates visit={visit} path={shown.canonical} />}
      <meta property="og:site_name" content={shop.name} />
      <meta property="og:title" content={shown.title} />
      <meta property="og:description" content={description} />
      <meta property="og:locale" content={visit.locale.replace('-', '_')} />
      <meta property="og:type" content={visit.path.startsWith('/products/') ? 'product' : 'website'} />
      {shown.canonical !== undefined && <meta property="og:url" content={address(shown.canonical)} />}
      {picture !== undefined && <meta property="og:image" content={picture} />}
      {shown.data?.map((thing, index) => (
        <script
          key={index}
          type="application/ld+json"
          // Data, not markup: what could end the element is written otherwise.
          dangerouslySetInnerHTML={{ __html: JSON.stringify(thing).replaceAll('<', '\\u003c') }}
        />
      ))}
    </head>
  )
}

/** The same page in the store's other languages. */
function Alternates({ visit, path }: { visit: Visit; path: string }) {
  const { shop, market, origin } = visit
  if (shop.locales.length < 2) return null
  const own = `${origin}${addressOf(shop, market, shop.locales[0], path)}`
  return (
    <>
      {shop.locales.map((locale) => (
        <link key={locale} rel="alternate" hreflang={locale} href={`${origin}${addressOf(shop, market, locale, path)}`} />
      ))}
      <link rel="alternate" hreflang="x-default" href={own} />
    </>
  )
}

function Header({ visit, categories, personal }: Pick<LayoutOf, 'visit' | 'categories' | 'personal'>) {
  const { shop, words } = visit
  const { theme } = shop
  return (
    <header class="top">
      {theme.notice !== undefined && <p class="notice">{visit.say(theme.notice)}</p>}
      <div class="top-row">
        <a class="brand" href={visit.to('/')}>
          {theme.logo !== undefined && <img src={themePicture(visit, theme.logo)} alt="" width={40} height={40} />}
          <span>{shop.name}</span>
        </a>
        <search class="search">
          <form action={visit.to('/search')} method="get">
            <label class="unseen" for="search">
              {words.search}
            </label>
            <input
              id="search"
              name="q"
              type="search"
              maxLength={100}
              placeholder={words.searchHint}
              autocomplete="off"
              value={visit.path === '/search' ? (visit.query.get('q') ?? '') : ''}
              data-suggest={visit.to('/suggest')}
            />
            <button type="submit" aria-label={words.search}>
              <Icon name="search" />
            </button>
          </form>
        </search>
        <ul class="tools">
          <li>
            <a href={visit.to('/account')} data-account>
              <Icon name="person" />
              <span class="tool-label" data-name>
                {personal?.name ?? words.account}
              </span>
            </a>
          </li>
          <li>
            <a href={visit.to('/cart')} data-cart={personal === null ? visit.to('/status.json') : ''}>
              <Icon name="bag" />
              <span class="tool-label">{words.cart}</span>
              <span class="count" data-count hidden={personal === null || personal.cartCount === 0}>
                {personal?.cartCount ?? 0}
              </span>
            </a>
          </li>
        </ul>
      </div>
      <nav class="departments" aria-label={words.departments}>
        <ul>
          {categories.map((category) => {
            const path = `/categories/${category.handle}`
            return (
              <li key={category.id}>
                <a href={visit.to(path)} {...(visit.path === path ? { 'aria-current': 'page' } : {})}>
                  {category.name}
                </a>
              </li>
            )
          })}
          <li>
            <a href={visit.to('/vendors')} {...(visit.path === '/vendors' ? { 'aria-current': 'page' } : {})}>
              {words.vendors}
            </a>
          </li>
        </ul>
      </nav>
    </header>
  )
}

function Footer({ visit }: { visit: Visit }) {
  const { shop, words } = visit
  const { footer, pages } = shop.theme
  const group = (name: 'help' | 'about') =>
    pages.filter((page) => page.group === name).map((page) => ({ label: visit.say(page.title), to: `/pages/${page.handle}` }))
  const about = [...group('about'), ...footer.links.map((link) => ({ label: visit.say(link.label), to: link.to }))]
  return (
    <footer class="bottom">
      <div class="bottom-row">
        <section class="bottom-words">
          <h2>{shop.name}</h2>
          <p>{visit.say(footer.text)}</p>
          <WriteToUs visit={visit} />
        </section>
        <Links visit={visit} title={words.help} links={group('help')} />
        <Links visit={visit} title={words.about} links={about} />
        <Preferences visit={visit} />
      </div>
    </footer>
  )
}

function Links({ visit, title, links }: { visit: Visit; title: string; links: readonly { label: string; to: string }[] }) {
  if (links.length === 0) return null
  return (
    <nav aria-label={title}>
      <h2>{title}</h2>
      <ul>
        {links.map((link) => (
          <li key={link.to}>
            <a href={visit.to(link.to)}>{link.label}</a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** Where things are sent and what language is spoken: a form, so that the cart follows. */
function Preferences({ visit }: { visit: Visit }) {
  const { shop, words, market, locale } = visit
  if (shop.markets.length < 2 && shop.locales.length < 2) return null
  return (
    <form class="preferences" action={visit.to('/preferences')} method="post">
      <h2>{words.preferences}</h2>
      <input type="hidden" name="path" value={visit.path} />
      <label for="region">{words.region}</label>
      <select id="region" name="region">
        {shop.markets.map((candidate) => (
          <option key={candidate.id} value={candidate.id} selected={candidate.id === market.id}>
            {marketName(candidate, locale)} ({candidate.currency_code.toUpperCase()})
          </option>
        ))}
      </select>
      {shop.locales.length > 1 && (
        <>
          <label for="language">{words.language}</label>
          <select id="language" name="language">
            {shop.locales.map((candidate) => (
              <option key={candidate} value={candidate} lang={candidate} selected={candidate === locale}>
                {languageName(candidate)}
              </option>
            ))}
          </select>
        </>
      )}
      <button class="quiet" type="submit">
        {words.change}
      </button>
    </form>
  )
}
