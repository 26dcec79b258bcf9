import { describe, expect, it } from 'vitest'
import { artifactTexts, harness, statusText } from '../../test/harness'
import type { Principal } from '../port/scope'
import { reply } from '../reply/reply'
import { skillExtensionUri } from '../runtime/routing'
import { defineSkill } from './skill'

const calls: string[] = []
const pay = defineSkill({
  id: 'pay',
  name: 'Pay',
  description: 'Pays',
  scopes: ['pay:read', 'pay:write'],
  handler(_input, { slots, principal }) {
    calls.push(principal.id)
    return slots.amount === undefined
      ? reply.inputRequired({ prompt: 'How much?', slot: 'amount' })
      : reply.text('paid')
  },
})
const named = { metadata: { [skillExtensionUri]: 'pay' } }
const reader: Principal = { id: 'alice', scopes: ['pay:read'] }
const payer: Principal = { id: 'alice', scopes: ['pay:write', 'pay:read'] }

describe('the scopes of a skill', () => {
  it('are asked of whoever names it, before anything begins', async () => {
    calls.length = 0
    const test = harness({ skills: [pay] })
    const refused = {
      code: 'PF_FORBIDDEN',
      details: { skill: 'pay', scopes: 'pay:write' },
      message: 'The skill "pay" needs a scope that the caller lacks: pay:write.',
    }
    await expect(test.send('hi', named, { principal: reader })).rejects.toMatchObject(refused)
    await expect(test.send('hi', named)).rejects.toMatchObject({ details: { scopes: 'pay:read pay:write' } })
    expect(calls).toEqual([])
    expect(test.stores.runStore.list({ scope: { tenant: '', principalId: 'alice' }, pageSize: 10 }).total).toBe(0)
  })

  it.each([
    ['the only skill', {}],
    ['a skill that `route` picks', { route: () => 'pay', onMessage: () => 'no' }],
  ])('reject where %s was chosen, without a word on which', async (_what, definition) => {
    calls.length = 0
    const test = harness({ skills: [pay], ...definition })
    const { task } = await test.sendTask('hi', {}, { principal: reader })
    expect(task.status.state).toBe('rejected')
    expect(task.status.message?.parts).toEqual([{ text: 'You lack a scope that this needs.' }])
    expect(calls).toEqual([])
  })

  it('are asked again of every answer, and the question stays open', async () => {
    const test = harness({ skills: [pay] })
    const asked = await test.sendTask('hi', named, { principal: payer })
    expect(statusText(asked)).toBe('How much?')
    const answer = { taskId: asked.key.taskId }
    await expect(test.send('5', answer, { principal: reader })).rejects.toMatchObject({ code: 'PF_FORBIDDEN' })
    const paid = await test.sendTask('5', answer, { principal: payer })
    expect(artifactTexts(paid)).toEqual(['paid'])
  })
})
