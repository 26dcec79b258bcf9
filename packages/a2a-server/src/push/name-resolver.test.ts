import { expect, it } from 'vitest'
import { startNameServer } from '../../test/name-server'
import { createNameResolver } from './name-resolver'

it('names that nobody answers for do not hold up others', async () => {
  await using server = await startNameServer((name) => (name.startsWith('silent') ? 'never' : '93.184.216.34'))
  const resolve = createNameResolver({ servers: [server.address], askMs: 60_000 })
  let ended = 0
  const note = () => void ended++
  for (let n = 0; n < 100; n++) resolve(`silent${n}.example`).then(note, note)
  expect(await resolve('hooks.example')).toEqual([{ address: '93.184.216.34', family: 4 }])
  expect(ended).toBe(0)
})

it('a name that nobody answers for is asked for twice, then given up', async () => {
  await using server = await startNameServer(() => 'never')
  const resolve = createNameResolver({ servers: [server.address], askMs: 50 })
  await expect(resolve('silent.example')).rejects.toMatchObject({ code: 'ETIMEOUT' })
  // For its addresses of both kinds.
  expect(server.asked).toHaveLength(4)
})

it('says where there is no such name, and where a name has no address', async () => {
  await using server = await startNameServer(() => undefined)
  const resolve = createNameResolver({ servers: [server.address] })
  await expect(resolve('nothing.example')).rejects.toMatchObject({ code: 'ENOTFOUND' })
})

it('does not say that a name has no address where those of one kind could not be asked for', async () => {
  for (const silent of [true, false]) {
    await using server = await startNameServer((_, isFour) => (isFour === silent ? 'never' : undefined))
    const resolve = createNameResolver({ servers: [server.address], askMs: 50 })
    await expect(resolve('half.example')).rejects.toMatchObject({ code: 'ETIMEOUT' })
  }
})

it('names that the operator lists are looked up as the system does, and no others', async () => {
  await using server = await startNameServer(() => '93.184.216.34')
  const listed = { allow: ['http://localhost:*'], only: ['https://*'], servers: [server.address] }
  const addresses = await createNameResolver(listed)('localhost')
  expect(addresses.every(({ address }) => address === '127.0.0.1' || address === '::1')).toBe(true)
  expect(server.asked).toEqual([])
  expect(await createNameResolver(listed)('hooks.example')).toEqual([{ address: '93.184.216.34', family: 4 }])
  expect(new Set(server.asked)).toEqual(new Set(['hooks.example']))
})

it('where there is no name server, the system is asked', async () => {
  // Nobody listens there.
  const resolve = createNameResolver({ servers: ['127.0.0.1:9'] })
  const addresses = await resolve('localhost')
  expect(addresses.every(({ address }) => address === '127.0.0.1' || address === '::1')).toBe(true)
})
