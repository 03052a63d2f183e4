import assert from 'node:assert/strict'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { schemaFile } from '../../infra/local/stripe/schema.js'

describe('the schema of the Stripe simulator', () => {
  it('is made from the SDK that is installed (npm run sim:schema)', () => {
    const entry = createRequire(import.meta.url).resolve('stripe')
    const { version } = JSON.parse(fs.readFileSync(path.join(path.dirname(entry), '..', 'package.json'), 'utf8')) as { version: string }
    assert.equal(schemaFile().sdk_version, version)
  })
})
