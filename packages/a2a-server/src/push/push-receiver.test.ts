import { connect, createPushReceiver, createTaskFold, userMessage } from '@pf-agents/a2a-client'
import { createApp } from '@pf-agents/app'
import { serve } from '@pf-agents/app/node'
import { defineAgent } from '@pf-agents/agent-core'
import { expect, it } from 'vitest'
import { a2aServer } from '../a2a-server'
import { pushNotifications } from './push-notifications'

const agent = defineAgent({
  name: 'talker',
  description: 'Says the same again and again',
  version: '1.0.0',
  skills: [],
  async *onMessage() {
    for (let count = 0; count < 30; count++) {
      yield 'again '
      await new Promise((resolve) => setImmediate(resolve))
    }
  },
})

it('our receiver has the task in the end, each notification once, whatever comes twice', async () => {
  const fold = createTaskFold()
  const states: string[] = []
  let asked = 0
  let answered = 0
  const receiver = createPushReceiver({
    authentication: { scheme: 'Bearer', credentials: 's3cret' },
    isOwnTask: () => true,
    logger: { log() {} },
    onNotification({ update }) {
      if (++asked % 3 === 1) throw new Error('not now')
      fold.add(update)
      if ('statusUpdate' in update) states.push(update.statusUpdate.status.state)
    },
  })
  const hook = createApp(agent, [
    {
      name: 'hook',
      targets: ['node'],
      provides: [],
      requires: [],
      optional: [],
      setup: () => ({
        routes: [
          {
            method: 'POST',
            path: '/hook',
            async handle(request) {
              const answer = await receiver.handle(request.clone())
              // Without its Retry-After, for the sake of time.
              if (!answer.ok) return new Response(null, { status: 500 })
              // The answer to some gets lost: they come again.
              return ++answered % 4 === 0 ? new Response(null, { status: 502 }) : answer
            },
          },
        ],
      }),
    },
  ])
  const hookServer = await serve(hook, { port: 0 })
  const push = pushNotifications({ allow: ['http://127.0.0.1:*'], retryBaseMs: 1, retryMaxMs: 10, maxAttempts: 1_000 })
  const server = await serve(createApp(agent, [a2aServer(), push], { logger: { log() {} } }), { port: 0 })
  try {
    const client = await connect(server.url)
    const answer = await client.sendMessage({
      message: userMessage('go'),
      configuration: {
        taskPushNotificationConfig: {
          url: `${hookServer.url}/hook`,
          authentication: { scheme: 'Bearer', credentials: 's3cret' },
        },
      },
    })
    if (!('task' in answer)) throw new Error('No task')
    const end = Date.now() + 15_000
    while (fold.task?.status.state !== 'completed' && Date.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 5))
    expect(fold.task?.artifacts).toEqual(answer.task.artifacts)
    expect(fold.task?.artifacts[0]?.parts).toEqual([{ text: 'again '.repeat(30) }])
    expect(states).toEqual(['working', 'completed'])
    expect(answered).toBeGreaterThan(asked - Math.ceil(asked / 3))
  } finally {
    await server.close()
    await hookServer.close()
  }
})
