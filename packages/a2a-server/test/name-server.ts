// A name server on a free port of this machine: it answers as the test says, or not at all.
import { createSocket } from 'node:dgram'

/** A running name server. */
export interface NameServer extends AsyncDisposable {
  /** As `setServers` of node:dns takes it. */
  address: string
  /** Names it was asked for, each as often as it was asked. */
  asked: string[]
}

/**
 * Starts a name server. `addressOf` gives the IPv4 address of a name; `undefined`: there is no such name; `never`: no
 * answer. Its second argument is whether the question is for an IPv4 address.
 */
export async function startNameServer(
  addressOf: (name: string, isFour: boolean) => string | undefined,
): Promise<NameServer> {
  const asked: string[] = []
  const socket = createSocket('udp4')
  socket.on('message', (query, { address, port }) => {
    // RFC 1035, 4.1: a header of 12 bytes, then the name as labels with their lengths, type and class.
    const labels: string[] = []
    let end = 12
    for (let length = query[end]; length; length = query[end]) {
      labels.push(query.toString('latin1', end + 1, end + 1 + length))
      end += length + 1
    }
    const name = labels.join('.')
    asked.push(name)
    const isFour = query.readUInt16BE(end + 1) === 1
    const found = addressOf(name, isFour)
    if (found === 'never') return
    const isAnswered = found !== undefined && isFour
    const header = Buffer.from(query.subarray(0, 12))
    header.writeUInt16BE(found === undefined ? 0x8183 : 0x8180, 2)
    header.writeUInt16BE(isAnswered ? 1 : 0, 6)
    header.writeUInt32BE(0, 8)
    // The name by its place in the question, an address (A, IN), for one second.
    const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...(found?.split('.').map(Number) ?? [])])
    socket.send(Buffer.concat([header, query.subarray(12, end + 5), ...(isAnswered ? [record] : [])]), port, address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => socket.close(() => resolve()))
    },
  }
}
