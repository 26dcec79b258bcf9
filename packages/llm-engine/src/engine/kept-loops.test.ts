import { reply, type RunContext, type StoredTask, ThrownReply } from '@pf-agents/agent-core'
import { createSeededRandom } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import { asked, desk, type Kit, open, yes } from '../../test/desk'
import { codeOf, texts } from '../../test/loop-harness'

/** Answers all that is asked, until nothing is; what was asked. */
async function allow({ test, go }: ReturnType<typeof desk>): Promise<{ stored: StoredTask; questions: string[] }> {
  let stored = await go()
  const questions: string[] = []
  for (let count = 0; count < 20 && open(stored).length > 0; count++) {
    questions.push(...asked(stored))
    // What the last run left behind comes to its end first, as it would while somebody thinks.
    await test.clock.run()
    stored = await yes(test, stored)
  }
  await test.clock.run()
  return { stored, questions }
}

describe('requests without keys', () => {
  it('that come first by chance do not go on as those that wait', async () => {
    const made = desk(async ({ llm }, { tools, wait, passes }) => {
      const book = async (what: string, ms: number): Promise<string> => {
        await wait(ms)
        return (await llm.run({ prompt: `book: pay ${what}`, tools })).text
      }
      const [flight, hotel] = await Promise.all([book('flight', 100), book('hotel', passes === 1 ? 200 : 50)])
      return `${flight} & ${hotel}`
    })
    const { stored, questions } = await allow(made)
    expect([questions, made.did, texts(stored)]).toEqual([
      ['flight', 'hotel'],
      ['pay flight', 'pay hotel'],
      ['1 pay flight & 2 pay hotel'],
    ])
  })

  it('that are in front for the first time do not, where the one that waits is made beside them', async () => {
    const made = desk(async ({ llm }, { tools, passes }) => {
      const pay = (): Promise<unknown> => llm.run({ prompt: 'x: pay rent', tools })
      const sum = (): Promise<{ text: string }> => llm.run({ prompt: 'sum: mail ada', tools })
      if (passes === 1) await pay()
      return (await Promise.all([sum(), pay()]))[0].text
    })
    expect(texts((await allow(made)).stored)[0]).toMatch(/mail ada$/)
    expect(made.did.toSorted()).toEqual(['mail ada', 'pay rent'])
  })

  it('whose message alone is another one go on at once', async () => {
    const made = desk(async ({ llm, message }, { tools }) => {
      const first = await llm.run({ prompt: `${message.text} first: mail ada`, tools })
      return `${first.text} | ${(await llm.run({ prompt: `Said "${message.text}": pay rent`, tools })).text}`
    })
    const stored = await made.go()
    const before = made.test.clock.now()
    const end = await yes(made.test, stored)
    expect([texts(end), made.did]).toEqual([['1 mail ada | 2 pay rent'], ['mail ada', 'pay rent']])
    expect(made.test.clock.now()).toBe(before)
    expect(made.test.logs).toEqual([])
  })

  it.each([
    ['"yes" or "no" also stand in what is fixed', (text: string) => `Is it yes or no? Said ${text}: pay rent`],
    ['the message stands in a word', (text: string) => `good: ${text}. So: pay rent`],
    ['the answer stands before and behind it', (text: string) => `You know: "${text}". Now not: pay rent`],
    ['it has lost its spaces', (text: string) => `${text.trim()} it: pay rent`],
    ['the message is all of it, and the answer is data', (text: string) => `${text}: pay rent`],
  ])('whose message alone is another one are found where %s', async (_, prompt) => {
    for (const answer of ['yes', '']) {
      const made = desk(async ({ llm, message }, { tools }) => {
        const [a, b] = await Promise.all([
          llm.run({ prompt: `${prompt(message.text)}`, tools }),
          llm.run({ prompt: `${message.text} and x: mail ada`, tools }),
        ])
        return `${a.text} | ${b.text}`
      })
      const stored = await made.go()
      const end =
        answer === ''
          ? await yes(made.test, stored)
          : await made.test.send(answer, { taskId: stored.task.id }, made.test.restarted())
      expect([texts(end), made.did]).toEqual([['2 pay rent | 1 mail ada'], ['mail ada', 'pay rent']])
    }
  })

  it.each<[string, (kit: Kit, ctx: RunContext) => Promise<{ text: string }>[]]>([
    [
      'beside one that waits',
      ({ tools, passes }, { llm }) => [
        llm.run({ prompt: 'x: pay rent', tools }),
        llm.run({ prompt: 'y: mail bob', tools, instructions: `It is ${passes}` }),
      ],
    ],
    [
      'which are told apart by nothing else',
      ({ tools, passes }, { llm }) =>
        ['a', 'b'].map((one) => llm.run({ prompt: `x: mail ${one}, pay ${one}`, tools, instructions: `${passes}` })),
    ],
    [
      'behind a time of its own',
      ({ tools, passes, wait }, { llm }) => [
        llm.run({ prompt: 'x: pay rent', tools }),
        (async () => {
          if (passes > 1) await wait(60)
          return llm.run({ prompt: 'y: mail bob', tools, instructions: `It is ${passes}` })
        })(),
      ],
    ],
    [
      'that were left out by a run in between',
      ({ tools, passes, wait }, { llm }) => [
        llm.run({ prompt: 'x: pay rent', tools }).then(() => llm.run({ prompt: 'x: pay more', tools })),
        (async () => {
          if (passes > 1) await wait(60)
          return llm.run({ prompt: 'y: mail bob', tools, instructions: `It is ${passes}` })
        })(),
      ],
    ],
    [
      'in front of one with a key',
      ({ tools, passes }, { llm }) => [
        (async () => {
          await llm.run({ prompt: 'y: mail bob', tools, instructions: `It is ${passes}` })
          return llm.run({ key: 'pay', prompt: 'x: pay rent', tools })
        })(),
      ],
    ],
  ])('that are worded otherwise are refused %s: nothing is done again', async (_, requests) => {
    const made = desk(async (ctx, kit) => (await Promise.all(requests(kit, ctx))).map(({ text }) => text).join())
    const { stored } = await allow(made)
    expect(codeOf(stored)).toBe('PF_CONFIG_INVALID')
    const mails = made.did.filter((one) => one.startsWith('mail'))
    expect(mails).toEqual([...new Set(mails)])
  })

  it.each(['caught', 'in a tool with less time'])('that are refused end the run, also %s', async (how) => {
    const made = desk(
      async ({ llm }, { tools, passes }) => {
        const pay = llm.run({ prompt: 'x: pay rent', tools, instructions: `It is ${passes}` })
        if (how !== 'caught') return (await pay).text
        return (await pay.catch((error: unknown) => (ThrownReply.is(error) ? Promise.reject(error) : { text: 'no' })))
          .text
      },
      how === 'caught' ? 'handler' : 'tool',
      { timeoutMs: 1500 },
    )
    const { stored } = await allow(made)
    expect([codeOf(stored), made.did]).toEqual(['PF_CONFIG_INVALID', []])
  })

  it('that used a tool in their only turn are not made anew', async () => {
    const made = desk(
      async ({ llm }, { tools, passes }) => {
        const all = [
          llm.run({ prompt: 'x: pay rent', tools }),
          llm.run({ prompt: 'y: mail bob', tools, instructions: `It is ${passes}` }),
        ]
        return (await Promise.all(all)).map(({ text }) => text).join()
      },
      'handler',
      {},
      { stopWhen: ({ calls }) => calls.some(({ name }) => name === 'mail') },
    )
    const { stored } = await allow(made)
    expect([codeOf(stored), made.did.filter((one) => one === 'mail bob')]).toEqual(['PF_CONFIG_INVALID', ['mail bob']])
  })

  it('that waited and are not made again, where another is, are told of in the log', async () => {
    const made = desk(async ({ llm, message }, { tools }) => {
      return (await llm.run({ key: message.messageId, prompt: 'x: pay rent', tools: [...tools] })).text
    })
    await yes(made.test, await made.go(), true, made.test.runtime)
    expect(made.test.logs.some(({ message }) => message.includes('what was answered is lost'))).toBe(true)
  })

  it('beside one with a key that waits are not done again', async () => {
    const made = desk(async ({ llm, message }, { tools }) => {
      await llm.run({ prompt: `About ${message.text}: mail ada`, tools })
      return (await llm.run({ key: 'pay', prompt: 'x: pay rent', tools })).text
    })
    expect([texts((await allow(made)).stored), made.did]).toEqual([['2 pay rent'], ['mail ada', 'pay rent']])
  })

  it('of a list whose done ones are left out are refused where it grows, unless they have keys', async () => {
    for (const isKeyed of [false, true]) {
      let list = ['mail one', 'pay two']
      const made = desk(async ({ llm }, { tools, passes }) => {
        if (passes === 2) list.push('mail three')
        for (const item of list) {
          await llm.run({ ...(isKeyed && { key: item }), prompt: `x: ${item}`, tools })
          list = list.filter((one) => one !== item)
        }
        return 'all'
      })
      const { stored } = await allow(made)
      expect([codeOf(stored), made.did]).toEqual(
        isKeyed ? [undefined, ['mail one', 'pay two', 'mail three']] : ['PF_CONFIG_INVALID', ['mail one', 'pay two']],
      )
    }
  })

  it.each([
    ['in turn', 'x: mail ada, mail bob', 1],
    ['in turn, and used no tool', 'x: mail ada', 0.5],
  ])('that fail and are caught are found again, and nothing of them is done again: %s', async (_, prompt, maxTurns) => {
    const made = desk(async ({ llm }, { tools }) => {
      const bad = await llm.run({ prompt, tools, maxTurns }).catch((error: Error) => ({ text: error.message }))
      return `${bad.text} | ${(await llm.run({ prompt: 'x: pay rent', tools })).text}`
    })
    const { stored } = await allow(made)
    expect([stored.task.status.state, texts(stored)[0]]).toEqual(['completed', expect.stringMatching(/pay rent$/)])
    expect(made.did.filter((one) => one.startsWith('mail')).length).toBeLessThan(2)
  })

  it('whose fixed words have the letters of the first message are not taken for others', async () => {
    const made = desk(async ({ llm }, { tools }) => {
      const all = ['mail go12', 'mail 12', 'pay x'].map((one) => llm.run({ prompt: `x: ${one}`, tools }))
      return (await Promise.all(all)).map(({ text }) => text.slice(2)).join()
    })
    expect(texts((await allow(made)).stored)).toEqual(['mail go12,mail 12,pay x'])
  })

  it('keep what they came to while the handler asks by itself', async () => {
    const made = desk(async ({ llm, slots }, { tools, wait, passes }) => {
      const mail = (async () => {
        await wait(passes === 2 ? 500 : 0)
        return (await llm.run({ prompt: 'x: mail team', tools })).text
      })()
      mail.catch(() => {})
      const paid = await llm.run({ prompt: 'y: pay rent', tools })
      if (slots['day'] === undefined) {
        throw new ThrownReply(reply.inputRequired({ prompt: 'Which day?', slot: 'day' }))
      }
      return `${await mail} | ${paid.text}`
    })
    const { stored } = await allow(made)
    expect([texts(stored), made.did.toSorted()]).toEqual([['2 mail team | 1 pay rent'], ['mail team', 'pay rent']])
  })

  it('are forgotten when many runs have not made them', async () => {
    const made = desk(async ({ llm, slots }, { tools, passes }) => {
      await llm.run({ prompt: `${passes}: mail ada`, tools })
      if (passes < 50) throw new ThrownReply(reply.inputRequired({ prompt: 'And?', slot: `s${passes}` }))
      return Object.keys(slots).join()
    })
    let stored = await made.go()
    const kept: number[] = []
    while (open(stored).length > 0) {
      kept.push(Object.keys(stored.facts.state ?? {}).filter((name) => name.startsWith('pf.loop/#')).length)
      stored = await yes(made.test, stored, 'on')
    }
    expect([made.did.length, Math.max(...kept)]).toEqual([50, 21])
  })

  it('of any order and time are each done once, asked once, and given to who made them', async () => {
    for (let seed = 1; seed <= (process.env['PF_TEST_FULL'] === '1' ? 3000 : 80); seed++) {
      const random = createSeededRandom(seed)
      const kinds = ['pay', 'mail', 'look', ...(seed % 2 === 0 ? ['ask'] : [])]
      const branches = Array.from({ length: 2 + random.below(3) }, (_, branch) =>
        Array.from({ length: 1 + random.below(3) }, (__, step) => {
          const kind = kinds[random.below(kinds.length)] ?? ''
          return `${kind} ${kind === 'look' ? branch * 100 + step : `b${branch}s${step}`}`
        }),
      )
      const made = desk(async ({ llm, slots }, { tools, wait }: Kit) => {
        const all = branches.map(async (steps) => {
          const results: string[] = []
          for (const step of steps) {
            if (random.below(2) === 0) await wait(random.below(400))
            if (!step.startsWith('ask')) results.push((await llm.run({ prompt: `x: ${step}`, tools })).text)
            else if (slots[step] === undefined) throw new ThrownReply(reply.inputRequired({ prompt: step, slot: step }))
            else results.push(step)
          }
          return results.map((text) => text.replace(/^\d+ /, '')).join()
        })
        return (await Promise.all(all)).join(' | ')
      })
      const { stored, questions } = await allow(made)
      const steps = branches.flat()
      const pays = steps.flatMap((step) => (step.startsWith('pay') ? [step.slice(4)] : []))
      const said = branches.map((one) => one.join().replaceAll(/look \d+/g, 'looked'))
      expect({
        seed,
        did: made.did.toSorted(),
        questions: questions.filter((one) => one !== '').toSorted(),
        said: texts(stored),
      }).toEqual({
        seed,
        did: steps.filter((step) => !step.startsWith('ask')).toSorted(),
        questions: pays.toSorted(),
        said: [said.join(' | ')],
      })
    }
  })
})

describe('requests with keys', () => {
  it('that have one key, one after the other, are refused where they say something else', async () => {
    const { test, did, go } = desk(async ({ llm }, { tools }) => {
      for (const name of ['ada', 'bob']) await llm.run({ key: 'mail', prompt: `x: mail ${name}`, tools })
      return ''
    })
    expect([codeOf(await go()), did]).toEqual(['PF_CONFIG_INVALID', ['mail ada']])
    expect(test.logs.some(({ message }) => message.includes('have the key "mail"'))).toBe(true)
  })

  it('are done again with their key where they failed', async () => {
    const { go } = desk(async ({ llm }, { tools, wait }) => {
      const again = (count: number): Promise<{ text: string }> =>
        llm.run({ key: 'k', prompt: 'x: mail ada', tools, maxTurns: count }).catch(async (error: Error) => {
          if (count > 2) throw error
          await wait(1)
          return again(count + 1)
        })
      return (await again(1)).text
    })
    expect(texts(await go())).toEqual(['2 mail ada'])
  })
})
