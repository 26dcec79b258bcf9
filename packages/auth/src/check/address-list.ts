import { PfError } from '@pf-agents/agent-core'

/** Addresses by what they begin with. */
export interface AddressList {
  has(address: string | undefined): boolean
}

interface Block {
  readonly bytes: readonly number[]
  readonly bits: number
}

/**
 * Makes a list of addresses and blocks of them: `10.0.0.7`, `10.0.0.0/8`, `fd00::/8`. An IPv4 address that is written as
 * IPv6 (`::ffff:10.0.0.7`) is the same address.
 *
 * @throws PfError PF_CONFIG_INVALID where an entry is none of these
 */
export function createAddressList(owner: string, entries: readonly string[]): AddressList {
  const blocks = entries.map((entry) => {
    const block = parseBlock(entry)
    if (block === undefined)
      throw new PfError(
        'PF_CONFIG_INVALID',
        `${owner}: ${JSON.stringify(entry)} is no address, and no block such as 10.0.0.0/8.`,
      )
    return block
  })
  return {
    has(address) {
      const bytes = address === undefined ? undefined : parseAddress(address)
      return bytes !== undefined && blocks.some((block) => isWithin(bytes, block))
    },
  }
}

function parseBlock(entry: string): Block | undefined {
  const [text = '', length, more] = entry.split('/')
  const bytes = parseAddress(text)
  if (bytes === undefined || more !== undefined) return undefined
  if (length === undefined) return { bytes, bits: bytes.length * 8 }
  const bits = /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN
  return bits <= bytes.length * 8 ? { bytes, bits } : undefined
}

function isWithin(bytes: readonly number[], block: Block): boolean {
  if (bytes.length !== block.bytes.length) return false
  for (let at = 0, left = block.bits; left > 0; at++, left -= 8) {
    const mask = left >= 8 ? 0xff : (0xff << (8 - left)) & 0xff
    if (((bytes[at] as number) ^ (block.bytes[at] as number)) & mask) return false
  }
  return true
}

/** The bytes of an address: 4, or 16 of an IPv6 one that is not an IPv4 one. */
export function parseAddress(text: string): number[] | undefined {
  if (!text.includes(':')) return parseIpv4(text)
  const [address = ''] = text.split('%')
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address)
  const tail = dotted ? parseIpv4(dotted[2] as string) : []
  if (tail === undefined) return undefined
  const halves = (dotted ? `${dotted[1] as string}0:0` : address).split('::')
  if (halves.length > 2) return undefined
  const [head, rest] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const groups = [...(head ?? []), ...(rest ?? [])]
  const missing = 8 - groups.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const filled =
    halves.length === 1 ? groups : [...(head ?? []), ...new Array<string>(missing).fill('0'), ...(rest ?? [])]
  if (!filled.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined
  const bytes = filled.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff])
  if (tail.length > 0) bytes.splice(12, 4, ...tail)
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff
  return isMapped ? bytes.slice(12) : bytes
}

function parseIpv4(text: string): number[] | undefined {
  const parts = text.split('.')
  const isAddress = parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)
  return isAddress ? parts.map(Number) : undefined
}
