import { describe, expect, it } from 'vitest'
import { startPushApp } from '../../test/push-app'
import type { Json } from '../suite/client'

const hook = 'http://127.0.0.1:9/'

describe('pages of push notification configs', () => {
  it('go on where they were, whatever is deleted, replaced or added meanwhile', async () => {
    await using test = startPushApp({ maxPerTask: 3 })
    const { peer } = test
    const { id: taskId } = await peer.task('ask')
    const add = (id: string) => peer.result('CreateTaskPushNotificationConfig', { taskId, id, url: hook })
    const remove = (id: string) => peer.result('DeleteTaskPushNotificationConfig', { taskId, id })
    const page = async (pageToken?: string) => {
      const params = { taskId, pageSize: 1, ...(pageToken && { pageToken }) }
      const { configs, nextPageToken } = await peer.result('ListTaskPushNotificationConfigs', params)
      return { ids: configs.map((one: Json) => one.id), token: nextPageToken as string }
    }
    for (const id of ['c', 'b', 'a']) await add(id)
    const first = await page()
    await remove('c')
    const second = await page(first.token)
    expect([first.ids, second.ids]).toEqual([['c'], ['b']])
    await add('b')
    // It takes the room of the one that is gone, not its place.
    await add('d')
    const third = await page(second.token)
    await remove('a')
    await remove('d')
    await add('e')
    const fourth = await page(third.token)
    expect([third.ids, fourth.ids, fourth.token]).toEqual([['a'], ['e'], ''])
    await remove('b')
    await remove('e')
    expect(await page(third.token)).toEqual({ ids: [], token: '' })
  })

  it('keep the order of a record of before there were places', async () => {
    await using test = startPushApp()
    const { peer } = test
    const { id: taskId } = await peer.task('ask')
    for (const id of ['c', 'b', 'a']) await peer.result('CreateTaskPushNotificationConfig', { taskId, id, url: hook })
    const { keyValue } = test.stores
    const [name = ''] = (await keyValue.keys('a2a.push/')).filter((key) => key.endsWith(taskId))
    const record = structuredClone((await keyValue.get(name))?.value) as Json
    delete record.lastPlace
    for (const config of record.configs) delete config.place
    await keyValue.set(name, record)
    const first = await peer.result('ListTaskPushNotificationConfigs', { taskId, pageSize: 2 })
    await peer.result('DeleteTaskPushNotificationConfig', { taskId, id: 'b' })
    const { nextPageToken: pageToken } = first
    const rest = await peer.result('ListTaskPushNotificationConfigs', { taskId, pageSize: 2, pageToken })
    expect([first, rest].map(({ configs }) => configs.map((one: Json) => one.id))).toEqual([['c', 'b'], ['a']])
  })
})
