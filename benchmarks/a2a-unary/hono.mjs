// The ceiling: reads the JSON body and echoes the text, no protocol.
import { serve } from '@hono/node-server'
import { Hono } from 'hono'

const app = new Hono()
app.post('/', async (c) => {
  const body = await c.req.json()
  const text = body.params.message.parts[0].text
  return c.json({
    jsonrpc: '2.0',
    id: body.id,
    result: { message: { messageId: 'r', role: 'ROLE_AGENT', parts: [{ text: `Echo: ${text}` }] } },
  })
})
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => process.send({ port }))
