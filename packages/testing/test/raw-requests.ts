// What only a socket can send: requests that no HTTP client would make. The same cases run against Node's server and the
// embedded host.
import { once } from 'node:events'
import net from 'node:net'
import { describe, expect, it } from 'vitest'

interface RawAnswer {
  status: number
  body: string
}

/** Sends bytes as they are, one per character, and reads until the server hangs up. */
async function send(url: string, request: string): Promise<RawAnswer> {
  const { hostname, port } = new URL(url)
  const socket = net.connect(Number(port), hostname)
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.write(Buffer.from(request, 'latin1'))
  await once(socket, 'close')
  const text = Buffer.concat(chunks).toString('latin1')
  const end = text.indexOf('\r\n\r\n')
  return { status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1]), body: text.slice(end + 4) }
}

const card = '/.well-known/agent-card.json'

const badHosts: [name: string, host: string][] = [
  ['a space', 'a b'],
  ['nothing', ''],
  ['an open bracket', '['],
  ['an address that is none', '[g::1]'],
  ['a port over 65535', 'a:99999'],
  ['a port that is no number', 'a:b'],
  ['a user', 'u:p@evil'],
  ['a path', 'a/b?c#d'],
  ['a backslash', 'a\\b'],
  ['a percent sign', '%00'],
  ['markup', 'evil"<script>'],
  ['a list', 'a, b'],
  ['bytes that are not ASCII', '\u00ff\u00fe'],
  ['a number that is no address', '1.2.3.4.5'],
]

/** @param serverUrl - of a server of the suite's open app */
export function rawRequestCases(serverUrl: () => string): void {
  const get = (target: string, host: string | undefined, version = '1.1') =>
    send(
      serverUrl(),
      `GET ${target} HTTP/${version}\r\n${host === undefined ? '' : `Host: ${host}\r\n`}Connection: close\r\n\r\n`,
    )
  const urlOf = ({ status, body }: RawAnswer): string => {
    expect(status).toBe(200)
    return (JSON.parse(body) as { supportedInterfaces: { url: string }[] }).supportedInterfaces[0]?.url ?? ''
  }

  describe('a Host header', () => {
    it.each(badHosts)('with %s is refused', async (_name, host) => {
      const { status, body } = await get(card, host)
      expect(status).toBe(400)
      expect(JSON.parse(body)).toEqual({
        error: { code: 'PF_REQUEST_INVALID', message: 'The request line or the Host header is not valid.' },
      })
    })

    it.each([
      ['another one', 'Host: a.example\r\nHost: b.example\r\n'],
      ['the same again', 'Host: a.example\r\nhost: a.example\r\n'],
      ['an empty one', 'Host: a.example\r\nHOST:\r\n'],
      ['another one before it', 'Host:\r\nX: y\r\nHost: a.example\r\n'],
    ])('with %s is refused (RFC 9112, 3.2)', async (_name, fields) => {
      for (const [target, version] of [
        [card, '1.1'],
        [card, '1.0'],
        [`http://a.example${card}`, '1.1'],
      ]) {
        const { status, body } = await send(
          serverUrl(),
          `GET ${target} HTTP/${version}\r\n${fields}Connection: close\r\n\r\n`,
        )
        expect([target, version, status]).toEqual([target, version, 400])
        expect(body).not.toContain('.example')
      }
    })

    it('that is bad is refused on a request with a body, too, and nothing of the body is taken for a request', async () => {
      const smuggled = `GET ${card} HTTP/1.1\r\nHost: a\r\n\r\n`
      const { status, body } = await send(
        serverUrl(),
        `POST / HTTP/1.1\r\nHost: u@evil\r\nContent-Length: ${smuggled.length}\r\nConnection: close\r\n\r\n${smuggled}`,
      )
      expect(status).toBe(400)
      expect(body).not.toContain('HTTP/1.1')
    })

    it.each(['a', 'agent.example:8443', '127.0.0.1', '[::1]:81'])('%j is where the card says it is', async (host) => {
      const { origin } = new URL(`http://${host}`)
      expect(urlOf(await get(card, host))).toMatch(new RegExp(`^${origin.replaceAll(/[.[\]]/g, '\\$&')}(/|$)`))
    })

    it('is not there in HTTP/1.0, and must be in HTTP/1.1', async () => {
      expect(urlOf(await get(card, undefined, '1.0'))).toContain(`${serverUrl()}`)
      expect((await get(card, undefined)).status).toBe(400)
    })
  })

  describe('a request line', () => {
    it('with a whole address is for that address', async () => {
      expect(urlOf(await get(`http://b.example:81${card}`, 'a'))).toMatch(/^http:\/\/b\.example:81(\/|$)/)
    })

    it.each(['http://[/', 'http://u:p@evil/', `http://evil"<script>${card}`, 'http://a:99999/'])(
      'with the address %j is refused',
      async (target) => {
        const { status, body } = await get(target, 'a')
        expect(status).toBe(400)
        expect(body).not.toContain('evil')
      },
    )

    it.each(['//[', '//a:b:c@x', '/tasks/%', '/tasks/%ff%fe', '/tasks/%00%0d%0a', '/tasks/<>"{}|^`', '/..//../x'])(
      'with the path %j is answered without a crash',
      async (target) => {
        const { status } = await get(target, 'a')
        expect([400, 404]).toContain(status)
      },
    )

    it('with an asterisk asks for nothing that is there', async () => {
      const { status } = await send(serverUrl(), 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
      expect(status).toBe(400)
    })
  })

  it('whatever came, the next request is answered', async () => {
    expect(urlOf(await get(card, 'after.example'))).toContain('after.example')
  })
}
