import assert from 'node:assert/strict'
import { sendToEach } from '../../../src/notifications/index.js'

describe('a mail to several', () => {
  const sentBy = async (refused: readonly string[]) => {
    const sent: string[] = []
    const send = async (recipient: string) => {
      if (refused.includes(recipient)) throw new Error(`550 no such user ${recipient}`)
      sent.push(recipient)
    }
    const failure = await sendToEach(['anna', 'bob', 'zoe'], send).then(
      () => null,
      (error: Error) => error.message,
    )
    return { sent, failure }
  }

  it('reaches whoever can be reached, and fails where nobody can', async () => {
    assert.deepEqual(await sentBy([]), { sent: ['anna', 'bob', 'zoe'], failure: null })
    assert.deepEqual(await sentBy(['anna']), { sent: ['bob', 'zoe'], failure: null })
    assert.deepEqual(await sentBy(['anna', 'bob', 'zoe']), { sent: [], failure: '550 no such user anna' })
  })

  it('to nobody is none', async () => {
    await sendToEach([], () => assert.fail('nobody is asked'))
  })
})
