import { isIP } from 'node:net'

// What the public internet does not route (IANA special-purpose registries, RFC 6890 and updates), as first address
// and length of prefix.
const ipv4Ranges: readonly (readonly [address: string, prefix: number, name: string])[] = [
  ['0.0.0.0', 8, 'this network'],
  ['10.0.0.0', 8, 'private'],
  ['100.64.0.0', 10, 'carrier-grade NAT'],
  ['127.0.0.0', 8, 'loopback'],
  ['169.254.0.0', 16, 'link-local'],
  // Public by its number, but Azure answers each machine there itself: about the machine, and with its keys.
  ['168.63.129.16', 32, 'cloud host'],
  ['172.16.0.0', 12, 'private'],
  ['192.0.0.0', 24, 'protocol assignments'],
  ['192.0.2.0', 24, 'documentation'],
  ['192.88.99.0', 24, '6to4 relay'],
  ['192.168.0.0', 16, 'private'],
  ['198.18.0.0', 15, 'benchmarking'],
  ['198.51.100.0', 24, 'documentation'],
  ['203.0.113.0', 24, 'documentation'],
  ['224.0.0.0', 4, 'multicast'],
  ['240.0.0.0', 4, 'reserved'],
]

// Within 2000::/3, the only range of IPv6 that is routed; what lies outside it is refused altogether.
const ipv6Ranges: readonly (readonly [groups: readonly number[], prefix: number, name: string])[] = [
  [[0x2001, 0], 23, 'protocol assignments'],
  [[0x2001, 0xdb8], 32, 'documentation'],
  [[0x2002], 16, '6to4'],
  [[0x3fff], 20, 'documentation'],
]

/**
 * Why an address must not be called on behalf of somebody else, such as `loopback` or `private`; `undefined` for a
 * public one. IPv6 forms that carry an IPv4 address (mapped, NAT64) are judged by that.
 *
 * @param address - an IPv4 or IPv6 address, without brackets
 */
export function refusedAddressClass(address: string): string | undefined {
  const family = isIP(address)
  if (family === 4) return ipv4Class(ipv4Number(address))
  // A zone (fe80::1%eth0) makes sense on the local link only.
  if (family !== 6 || address.includes('%')) return 'not an address'
  return ipv6Class(ipv6Groups(address))
}

function ipv4Number(address: string): number {
  return address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0)
}

function ipv4Class(address: number): string | undefined {
  return ipv4Ranges.find(([first, prefix]) => {
    const size = 2 ** (32 - prefix)
    return Math.floor(address / size) === Math.floor(ipv4Number(first) / size)
  })?.[2]
}

/** The eight groups of an IPv6 address; the last two may be written as IPv4. */
function ipv6Groups(address: string): number[] {
  const [head = '', tail] = address.split('::')
  const read = (text: string) =>
    text === ''
      ? []
      : text.split(':').flatMap((group) => {
          if (!group.includes('.')) return [Number.parseInt(group, 16)]
          const number = ipv4Number(group)
          return [number >>> 16, number & 0xffff]
        })
  const front = read(head)
  if (tail === undefined) return front
  const back = read(tail)
  return [...front, ...Array.from({ length: 8 - front.length - back.length }, () => 0), ...back]
}

function ipv6Class(groups: readonly number[]): string | undefined {
  const carried = () => ipv4Class((groups[6] as number) * 65_536 + (groups[7] as number))
  const zeros = (from: number, to: number) => groups.slice(from, to).every((group) => group === 0)
  if (zeros(0, 8)) return 'this network'
  if (zeros(0, 7) && groups[7] === 1) return 'loopback'
  if (zeros(0, 5) && groups[5] === 0xffff) return carried()
  if (groups[0] === 0x64 && groups[1] === 0xff9b && zeros(2, 6)) return carried()
  const first = groups[0] as number
  if (first >>> 8 === 0xff) return 'multicast'
  if (first >>> 9 === 0xfc >>> 1) return 'private'
  if (first >>> 6 === 0xfe80 >>> 6) return 'link-local'
  if (first >>> 13 !== 1) return 'reserved'
  return ipv6Ranges.find(([range, prefix]) => sharesPrefix(groups, range, prefix))?.[2]
}

function sharesPrefix(groups: readonly number[], range: readonly number[], prefix: number): boolean {
  for (let bit = 0; bit < prefix; bit += 16) {
    const shift = 16 - Math.min(16, prefix - bit)
    if ((groups[bit / 16] as number) >>> shift !== (range[bit / 16] ?? 0) >>> shift) return false
  }
  return true
}
