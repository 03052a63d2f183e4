import assert from 'node:assert/strict'
import { webhookCaller } from '../../../src/providers/webhooks/index.js'
import { refusalOf, webhookUrl } from '../../../src/webhooks/index.js'
import { type Receiver, startRaw, startReceiver } from '../../support/webhooks.js'

const production = { allowsHttp: false, allowsLoopback: false }
const atHome = { allowsHttp: true, allowsLoopback: true }

const closed = {
  'of private networks': ['10.0.0.1', '172.16.3.4', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd12:3456::1'],
  'of this machine': ['127.0.0.1', '127.255.0.1', '::1'],
  'of nobody in particular': ['0.0.0.0', '0.1.2.3', '::'],
  'of the link, where clouds tell their secrets': ['169.254.169.254', 'fe80::1', 'fe80::1%eth0'],
  "behind a provider's own translation": ['100.64.0.1', '100.127.255.255'],
  'of many': ['224.0.0.1', '255.255.255.255', 'ff02::1'],
  'for documents and measurements': ['192.0.2.1', '198.51.100.7', '203.0.113.9', '198.18.0.1', '2001:db8::1', '3fff::1', '2001:2::1'],
  'that nobody was given': ['240.0.0.1', '4000::1', 'fec0::1'],
  'of IPv4 within one of IPv6': [
    '::ffff:10.0.0.1',
    '::ffff:7f00:1',
    '::7f00:1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::a00:1',
    '2002:7f00:1::',
    '2001::1',
  ],
  'that are none': ['', 'localhost', '10.0.0', '1.2.3.4.5'],
}

describe('where webhooks may go', () => {
  let receiver: Receiver
  before(async () => {
    receiver = await startReceiver()
  })
  after(() => receiver.close())
  const port = () => new URL(receiver.url).port
  const request = (url: string) => ({ url, headers: {}, body: '{}' })

  for (const [kind, addresses] of Object.entries(closed)) {
    it(`is to no addresses ${kind}`, () => {
      for (const address of addresses) assert.ok(refusalOf(address, production) !== null, address)
    })
  }

  it('is to addresses that are open to the world', () => {
    for (const address of ['8.8.8.8', '93.184.216.34', '2606:4700:4700::1111', '::ffff:8.8.8.8']) {
      assert.equal(refusalOf(address, production), null, address)
    }
  })

  it('is to this machine where a setting says so, and to no other of the house', () => {
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) assert.equal(refusalOf(address, atHome), null, address)
    for (const address of ['10.0.0.1', '169.254.169.254', '::']) assert.ok(refusalOf(address, atHome) !== null, address)
  })

  it('is said by https addresses without credentials, in production, however a number is written', () => {
    assert.equal(webhookUrl('https://shop.example/hook?key=1', production), 'https://shop.example/hook?key=1')
    assert.equal(webhookUrl('http://shop.example/', atHome), 'http://shop.example/')
    const refused = [
      'http://shop.example/',
      'ftp://shop.example/',
      'file:///etc/passwd',
      'shop.example',
      'https://user@shop.example/',
      'https://user:password@shop.example/',
      'https://127.0.0.1/',
      'https://2130706433/',
      'https://0x7f.1/',
      'https://0177.0.0.1/',
      'https://[::1]/',
      'https://[::ffff:10.0.0.1]/',
      'https://169.254.169.254/latest/meta-data',
      `https://shop.example/${'a'.repeat(2_000)}`,
    ]
    for (const url of refused) assert.throws(() => webhookUrl(url, production), { type: 'invalid_data' }, url)
  })

  it('is looked up once, and called at the address that was looked at', async () => {
    const asked: string[] = []
    const resolve = async (host: string) => {
      asked.push(host)
      return ['127.0.0.1']
    }
    const answer = await webhookCaller({ ...atHome, resolve }).call(request(`http://nowhere.invalid:${port()}/found`))
    assert.deepEqual([answer.status, answer.error, asked], [204, null, ['nowhere.invalid']])
    assert.equal(receiver.at('/found')[0]?.headers.host, `nowhere.invalid:${port()}`)
  })

  it('is to no host of which one address is closed, whatever its others are', async () => {
    const logged: { refusals: string[] }[] = []
    const log = { warn: (fields: object) => void logged.push(fields as { refusals: string[] }) }
    const refused = (host: string) => `${host} leads to no public address: webhooks go to no other`
    for (const addresses of [['10.0.0.1'], ['93.184.216.34', '169.254.169.254'], ['2606:4700:4700::1111', '::ffff:127.0.0.1'], []]) {
      const caller = webhookCaller({ allowsHttp: true, allowsLoopback: false, resolve: async () => addresses, log })
      const answer = await caller.call(request(`http://shop.example:${port()}/closed`))
      assert.deepEqual([answer.status, answer.error], [null, refused('shop.example')])
    }
    // Which address it was is for us to know, and not for whoever asks.
    assert.deepEqual(
      logged.map(({ refusals }) => refusals.length),
      [1, 1, 1],
    )
    assert.match(logged[0]?.refusals.join() ?? '', /10\.0\.0\.1/)
    const caller = webhookCaller({ allowsHttp: true, allowsLoopback: false })
    for (const [host, error] of [
      ['127.0.0.1', 'Webhooks do not go to 127.0.0.1 (loopback): name a host that is open to the world'],
      ['[::1]', 'Webhooks do not go to ::1 (loopback): name a host that is open to the world'],
      ['localhost', refused('localhost')],
    ] as const) {
      assert.equal((await caller.call(request(`http://${host}:${port()}/closed`))).error, error)
    }
    assert.deepEqual(receiver.at('/closed'), [])
  })

  it('is waited for so long and no longer, be it for the name or for the answer', async () => {
    const never = () => new Promise<string[]>(() => undefined)
    const unnamed = await webhookCaller({ ...atHome, resolve: never, timeout_ms: 50 }).call(request('http://shop.example/'))
    assert.deepEqual([unnamed.status, unnamed.error], [null, 'no answer within 0.05 s'])
    const silent = await startReceiver({ isSilent: true })
    const unanswered = await webhookCaller({ ...atHome, timeout_ms: 50 }).call(request(silent.url))
    assert.deepEqual([unanswered.status, unanswered.error], [null, 'no answer within 0.05 s'])
    await silent.close()
  })

  it('is not waited for where another protocol is offered instead of an answer', async () => {
    const offering = await startRaw('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    const answer = await webhookCaller({ ...atHome, timeout_ms: 1_000 }).call(request(offering.url))
    assert.deepEqual([answer.status, answer.error], [101, 'answered 101'])
    await offering.close()
  })

  it('tells of a long answer only the beginning, and does not wait for the rest', async () => {
    receiver.answer = () => ({ status: 500, body: 'x'.repeat(5_000_000) })
    const answer = await webhookCaller(atHome).call(request(`${receiver.url}/long`))
    assert.deepEqual([answer.status, answer.body?.length, answer.error], [500, 1_000, 'answered 500'])
  })
})
