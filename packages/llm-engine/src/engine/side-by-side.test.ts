import { reply, type RunContext, suspend, ThrownReply, type Tool } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { asked, desk, type Kit, open, type Request, yes } from '../../test/desk'
import { codeOf, texts } from '../../test/loop-harness'

describe.each(['handler', 'tool'] as const)('requests side by side in a %s', (where) => {
  describe.each([true, false])('with keys: %s', (isKeyed) => {
    const of = (key: string, prompt: string, kit: Kit): Request => ({
      ...(isKeyed && { key }),
      prompt,
      tools: kit.tools,
    })

    it.each([0, 1, 20, 300])('are asked together, though one asks %s ms later', async (gap) => {
      const { test, did, go } = desk(async ({ llm }, kit) => {
        const all = await Promise.all([
          llm.run(of('f', 'f: mail ada, pay flight', kit)),
          llm.run(of('h', gap === 0 ? 'h: pay hotel' : `h: look ${gap}, pay hotel`, kit)),
        ])
        return all.map(({ text }) => text).join(' | ')
      }, where)
      const stored = await go()
      expect(asked(stored).toSorted()).toEqual(['flight', 'hotel'])
      const end = await yes(test, stored)
      expect(end.task.status.state).toBe('completed')
      expect(did.filter((one) => !one.startsWith('look')).toSorted()).toEqual(['mail ada', 'pay flight', 'pay hotel'])
      expect(texts(end).at(-1)).toMatch(/pay flight.*pay hotel/)
    })

    it('are carried on to their first question each: all is asked at once, nothing is done twice', async () => {
      const { test, did, go } = desk(async ({ llm }, kit) => {
        const [a, b] = await Promise.all([
          llm.run(of('a', 'a: pay flight', kit)),
          (async () => {
            const first = await llm.run(of('b1', 'b: look 30, mail ada', kit))
            await llm.run(of('b2', `${first.text} c: mail bob, pay hotel`, kit))
            return llm.run(of('b3', 'd: mail cleo', kit))
          })(),
        ])
        return `${a.text} | ${b.text}`
      }, where)
      const stored = await go()
      expect([asked(stored), did]).toEqual([
        ['flight', 'hotel'],
        ['look 30', 'mail ada', 'mail bob'],
      ])
      const end = await yes(test, stored)
      expect([end.task.status.state, did.slice(3).toSorted()]).toEqual([
        'completed',
        ['mail cleo', 'pay flight', 'pay hotel'],
      ])
    })

    it.each([5, 5000])('go on where one waits for something else in between, %s ms', async (ms) => {
      const { test, did, go } = desk(async ({ llm }, kit) => {
        const [a, b] = await Promise.all([
          llm.run(of('a', 'a: pay flight', kit)),
          (async () => {
            await llm.run(of('b1', 'b: mail ada', kit))
            await kit.wait(ms)
            return llm.run(of('b2', 'c: mail bob, pay hotel', kit))
          })(),
        ])
        return `${a.text} | ${b.text}`
      }, where)
      let stored = await go()
      const questions = []
      for (let count = 0; count < 5 && open(stored).length > 0; count++) {
        questions.push(...asked(stored))
        await test.clock.run()
        stored = await yes(test, stored)
      }
      await test.clock.run()
      expect([stored.task.status.state, questions.toSorted()]).toEqual(['completed', ['flight', 'hotel']])
      expect(did.toSorted()).toEqual(['mail ada', 'mail bob', 'pay flight', 'pay hotel'])
    })
  })
})

describe('requests side by side', () => {
  it('may be waited for one after the other', async () => {
    const { test, did, go } = desk(async ({ llm }, { tools }) => {
      const a = llm.run({ prompt: 'a: pay flight', tools })
      const b = llm.run({ prompt: 'b: look 20, pay hotel', tools })
      return `${(await a).text} | ${(await b).text}`
    })
    const stored = await go()
    expect(asked(stored)).toEqual(['flight', 'hotel'])
    expect((await yes(test, stored)).task.status.state).toBe('completed')
    expect(did.toSorted()).toEqual(['look 20', 'pay flight', 'pay hotel'])
  })

  it('without keys find their own again, whatever their order', async () => {
    const { kit, test, did, go } = desk(async ({ llm }, { tools, passes }) => {
      const things = ['a: mail ada', 'b: mail bob, pay flight', 'c: pay hotel']
      const order = passes === 1 ? things : things.toReversed()
      const all = await Promise.all(order.map((prompt) => llm.run({ prompt, tools })))
      return all.map(({ text }) => text).join(' | ')
    })
    const end = await yes(test, await go())
    expect([end.task.status.state, kit.passes]).toEqual(['completed', 2])
    expect(did.toSorted()).toEqual(['mail ada', 'mail bob', 'pay flight', 'pay hotel'])
    expect(texts(end)[0]).toMatch(/pay hotel \| .*mail bob; .*pay flight \| .*mail ada/)
  })

  it('are refused where nothing tells them apart, before anything runs', async () => {
    const { test, did, go } = desk(async ({ llm }, { tools, passes }) => {
      const requests: Request[] = [
        { prompt: `a${passes}: pay flight`, tools },
        { prompt: `b${passes}: pay hotel`, tools, instructions: 'Be quick.' },
      ]
      const all = await Promise.all((passes === 1 ? requests : requests.toReversed()).map((one) => llm.run(one)))
      return all.map(({ text }) => text).join(' | ')
    })
    const end = await yes(test, await go(), true, test.runtime)
    expect([codeOf(end), did]).toEqual(['PF_CONFIG_INVALID', []])
    expect(test.logs.some(({ message }) => message.includes('Give each request a key'))).toBe(true)
  })

  it('with one key are refused', async () => {
    const { test, did, go } = desk(async ({ llm }, { tools }) => {
      const one = { key: 'k', prompt: 'a: pay flight', tools }
      await Promise.all([llm.run(one), llm.run(one)])
      return ''
    })
    expect([codeOf(await go()), did]).toEqual(['PF_CONFIG_INVALID', []])
    expect(test.logs.some(({ message }) => message.includes('have the key "k"'))).toBe(true)
  })

  it('that were never asked about are asked, not denied', async () => {
    const { test, did, go } = desk(async ({ llm, slots }, { tools, passes }) => {
      const waiting = llm.run({ prompt: 'a: pay flight', tools })
      if (passes > 1) return (await waiting).text
      expect(await waiting.catch((error: unknown) => ThrownReply.is(error))).toBe(true)
      throw new ThrownReply(reply.inputRequired({ prompt: `Which day? ${JSON.stringify(slots)}` }))
    })
    const day = await go()
    const stored = await yes(test, day, 'Monday')
    expect([asked(stored), did]).toEqual([['flight'], []])
    expect([(await yes(test, stored)).task.status.state, did]).toEqual(['completed', ['pay flight']])
  })
})

describe('a request that waits and is worded otherwise after the answer', () => {
  it.each<[string, (kit: Kit) => Request]>([
    [
      'instructions that tell the time',
      ({ tools, passes }) => ({ prompt: 'a: mail ada, pay flight', tools, instructions: `It is ${passes}` }),
    ],
    [
      'tools that come and go',
      ({ tools, passes }) => ({ prompt: 'a: mail ada, pay flight', tools: tools.slice(0, 4 - passes) }),
    ],
    ['a prompt that tells the time', ({ tools, passes }) => ({ prompt: `${passes}: mail ada, pay flight`, tools })],
  ])('is refused before anything runs, and goes on with a key: %s', async (_, request) => {
    for (const isKeyed of [false, true]) {
      const { test, did, go } = desk(async ({ llm }, kit) => {
        const first = await llm.run({ prompt: 'first: mail bob', tools: kit.tools })
        const second = await llm.run({ ...(isKeyed && { key: 'pay' }), ...request(kit) })
        return `${first.text} | ${second.text}`
      })
      const end = await yes(test, await go(), true, test.runtime)
      expect([end.task.status.state, codeOf(end), did]).toEqual(
        isKeyed
          ? ['completed', undefined, ['mail bob', 'mail ada', 'pay flight']]
          : ['failed', 'PF_CONFIG_INVALID', ['mail bob', 'mail ada']],
      )
      expect(test.logs.some(({ message }) => message.includes('Give each request a key'))).toBe(!isKeyed)
    }
  })
})

describe('requests', () => {
  it('that another way through the handler had made are not taken for those of this one', async () => {
    const { test, did, go } = desk(async ({ llm, slots }, { tools }) => {
      if (slots['day'] === undefined) {
        for (const name of ['ada', 'bob']) await llm.run({ prompt: `before: mail ${name}`, tools })
        throw new ThrownReply(reply.inputRequired({ prompt: 'Which day?', slot: 'day' }))
      }
      await llm.run({ prompt: 'after: pay flight', tools })
      return (await llm.run({ prompt: 'after: mail cleo', tools })).text
    })
    const end = await yes(test, await yes(test, await go(), 'Monday'))
    expect([texts(end)[0], did]).toEqual(['4 mail cleo', ['mail ada', 'mail bob', 'pay flight', 'mail cleo']])
  })
})

describe('a tool that asks the model with the ctx of the handler', () => {
  it.each([
    ['at once', 0],
    ['behind something else', 10],
  ])('ends the run with what to do instead: %s', async (_, ms) => {
    const { test, did, go } = desk(async (ctx, { tools, wait }) => {
      const delegate: Tool = {
        name: 'delegate',
        description: 'Delegates',
        async run() {
          if (ms > 0) await wait(ms)
          return (await ctx.llm.run({ prompt: 'inner: pay flight', tools })).text
        },
      }
      return (await ctx.llm.run({ prompt: 'outer: delegate x', tools: [delegate] })).text
    })
    expect([codeOf(await go()), did]).toEqual(['PF_CONFIG_INVALID', []])
    expect(test.logs.some(({ message }) => message.includes('Use call.context.llm'))).toBe(true)
  })
})

describe('a question of its own beside a request', () => {
  it.each(['returned', 'thrown'])('waits for what a tool of that does: it is not done again (%s)', async (how) => {
    const { test, did, go } = desk(async ({ llm, slots }, { tools }) => {
      const looked = llm.run({ prompt: 'x: look 300', tools })
      if (slots['day'] !== undefined) return `${(await looked).text} ${slots['day']}`
      const ask = reply.inputRequired({ prompt: 'Which day?', slot: 'day' })
      if (how === 'returned') return ask
      throw new ThrownReply(ask)
    })
    const end = await test.send('Monday', { taskId: (await go()).task.id })
    expect([texts(end), did]).toEqual([['looked Monday'], ['look 300']])
  })

  it('waits for it in a tool, too', async () => {
    const { test, did, go } = desk(async (ctx, { tools }) => {
      const ask: Tool = {
        name: 'desk',
        description: 'Asks',
        run: async (_: never, { context, answer }) => {
          const looked = context.llm.run({ prompt: 'x: look 300', tools })
          return answer === undefined
            ? suspend({ kind: 'input', prompt: 'Which day?' })
            : `${(await looked).text} ${answer.payload}`
        },
      } as Tool
      return (await ctx.llm.run({ prompt: 'x: desk now', tools: [ask] })).text
    })
    const end = await yes(test, await go(), 'Monday')
    expect([texts(end), did]).toEqual([['looked Monday'], ['look 300']])
  })
})

describe('a request that waits', () => {
  it('and is shared with a tool of another ends the run with what to do instead, soon', async () => {
    const { test, go } = desk(async ({ llm }, { tools }) => {
      const shared = llm.run({ prompt: 'x: look 100, pay rent', tools })
      const use: Tool = { name: 'use', description: 'Uses it', run: async () => (await shared).text }
      return (await llm.run({ prompt: 'y: use it', tools: [use] })).text
    })
    const before = test.clock.now()
    expect(codeOf(await go())).toBe('PF_CONFIG_INVALID')
    expect(test.clock.now() - before).toBeLessThan(10_000)
    expect(test.logs.some(({ message }) => message.includes('Use call.context.llm'))).toBe(true)
  })

  it('is spoken of in the log where what it throws is caught', async () => {
    const { test, go } = desk(async ({ llm }, { tools }) => {
      const all = await Promise.allSettled([llm.run({ prompt: 'x: pay rent', tools })])
      return all[0]?.status ?? ''
    })
    expect(texts(await go())).toEqual(['rejected'])
    expect(test.logs.map(({ level, message }) => `${level} ${message}`)).toEqual([
      expect.stringMatching(/^warn A request to the model waits for an answer that nobody is asked for/),
    ])
  })
})

describe('what fails beside a request that waits', () => {
  const failing =
    (ms: number, isCaught: boolean) =>
    async ({ llm }: RunContext, { tools, passes }: Kit): Promise<string> => {
      const mail = llm.run({ prompt: `x: look ${ms}, mail ada, mail bob`, tools, maxTurns: passes === 1 ? 2 : 9 })
      const all = await Promise.all([
        llm.run({ prompt: 'y: pay rent', tools }),
        isCaught ? mail.catch(() => ({ text: 'none' })) : mail,
      ])
      return all.map(({ text }) => text).join(' | ')
    }

  it.each([100, 5000])('is told: nothing of it is done again (%s ms)', async (ms) => {
    const { did, go } = desk(failing(ms, false))
    expect(codeOf(await go())).toBe('PF_BUDGET_EXCEEDED')
    expect(did).toEqual([`look ${ms}`, 'mail ada'])
  })

  it('is the business of who catches it', async () => {
    const { test, did, go } = desk(failing(100, true))
    const stored = await go()
    expect(asked(stored)).toEqual(['rent'])
    expect(texts(await yes(test, stored))[0]).toMatch(/pay rent \| none$/)
    expect(did.filter((one) => one.startsWith('mail'))).toEqual(['mail ada'])
  })

  it('ends the run where the handler asks by itself', async () => {
    const { did, go } = desk(async ({ llm }, { tools }) => {
      llm.run({ prompt: 'x: look 100, mail ada', tools, maxTurns: 1 }).catch(() => {})
      throw new ThrownReply(reply.inputRequired({ prompt: 'Which day?', slot: 'day' }))
    })
    expect([codeOf(await go()), did]).toEqual(['PF_BUDGET_EXCEEDED', ['look 100']])
  })
})
