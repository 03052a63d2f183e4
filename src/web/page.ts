import type { VNode } from 'preact'
import type { Visit } from './visit.js'

/** What a page answers. */
export type Shown = Document | Redirect | Plain

/** A page of HTML, without what all pages have. */
export interface Document {
  title: string
  body: VNode
  status?: number
  description?: string | undefined
  /** Path of the page's one true address. Absent for what search engines shall not list. */
  canonical?: string
  /** Picture for those who share the page. */
  picture?: string | undefined
  /** Things that the page is about, in the words of schema.org. */
  data?: readonly object[]
  /** How wide it is: forms and long texts are easier to read narrow. */
  kind?: 'wide' | 'narrow'
  /** Cards are taken on it: the policy lets the provider's script in. */
  takesCards?: boolean
}

export interface Redirect {
  redirect: string
}

export interface Plain {
  type: string
  text: string
  status?: number
}

export interface Page {
  method: 'GET' | 'POST'
  path: string
  /** The same for everybody: caches may keep it, and it shows nothing of who looks. */
  shared?: boolean
  /** What each parameter of the path names: from it the test of other stores' things is generated. */
  ids?: Readonly<Record<string, string>>
  /** Nobody but a signed-in customer gets it. */
  customer?: boolean
  show(visit: Visit): Promise<Shown>
}

/** After a form was taken: the browser asks for the next page, so that going back and reloading sends nothing twice. */
export const seeOther = (address: string): Redirect => ({ redirect: address })

export const isDocument = (shown: Shown): shown is Document => 'body' in shown
