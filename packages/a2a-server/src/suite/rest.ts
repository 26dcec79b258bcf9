import { type Case, message } from './case'
import { equal, matches, ok } from './check'
import { jsonOf } from './client'

const version = { 'a2a-version': '1.0' }
const json = { ...version, 'content-type': 'application/json' }
const a2aJson = { ...version, 'content-type': 'application/a2a+json' }

/** The HTTP+JSON binding (11). */
export const restCases: Case[] = [
  {
    name: 'bodies are application/a2a+json, or application/json for who speaks that (HTTP+JSON)',
    requirements: ['HTTP_JSON-SVC-001', 'HTTP_JSON-URL-001', 'HTTP_JSON-URL-002'],
    async run(fetch, baseUrl) {
      const body = JSON.stringify({ message: message('hi') })
      const typeOf = async (headers: Record<string, string>) => {
        const response = await fetch(`${baseUrl}/message:send`, { method: 'POST', headers, body })
        equal(response.status, 200, 'status')
        return response.headers.get('content-type')
      }
      equal(await typeOf(a2aJson), 'application/a2a+json', 'type for a2a+json')
      equal(
        await typeOf({ ...a2aJson, 'content-type': 'application/a2a+json; charset=utf-8' }),
        'application/a2a+json',
        'type with a parameter',
      )
      equal(await typeOf(json), 'application/json', 'type for json')
      const listed = await fetch(`${baseUrl}/tasks`, { headers: { ...version, accept: '*/*' } })
      equal(listed.headers.get('content-type'), 'application/a2a+json', 'type of a GET')
      const plain = await fetch(`${baseUrl}/tasks`, { headers: { ...version, accept: 'application/json' } })
      // By GET, with credentials in a header that no cache has to know.
      for (const { headers } of [listed, plain]) equal(headers.get('cache-control'), 'no-store', 'who keeps a GET')
      equal(plain.headers.get('content-type'), 'application/json', 'type of a GET that accepts only json')
    },
  },

  {
    name: 'errors are google.rpc.Status, their code the HTTP status (HTTP+JSON)',
    requirements: ['HTTP_JSON-ERR-001', 'CORE-ERR-001', 'HTTP_JSON-STATUS-001'],
    async run(fetch, baseUrl) {
      const missing = await fetch(`${baseUrl}/tasks/made-up`, { headers: version })
      equal([missing.status, missing.headers.get('content-type')], [404, 'application/a2a+json'], 'status and type')
      matches(
        await jsonOf(missing),
        {
          error: {
            code: 404,
            status: 'NOT_FOUND',
            message: /./,
            details: [
              {
                '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
                reason: 'TASK_NOT_FOUND',
                domain: 'a2a-protocol.org',
                metadata: { taskId: 'made-up' },
              },
            ],
          },
        },
        'error',
      )
      const wrong = await fetch(`${baseUrl}/message:send`, {
        method: 'POST',
        headers: json,
        body: '{"message":{"parts":[]}}',
      })
      equal(wrong.status, 400, 'status of wrong params')
      const { error } = await jsonOf(wrong)
      equal([error.code, error.status], [400, 'INVALID_ARGUMENT'], 'code and status')
      const fields = error.details.at(-1).fieldViolations.map((one: { field: string }) => one.field)
      ok(
        ['message.messageId', 'message.role', 'message.parts'].every((field) => fields.includes(field)),
        `all fields among ${fields}`,
      )
    },
  },

  {
    name: 'what is no route is told so (HTTP+JSON)',
    requirements: ['HTTP_JSON-URL-002', 'HTTP_JSON-ERR-001'],
    async run(fetch, baseUrl) {
      for (const [method, path] of [
        ['GET', '/message:send'],
        ['POST', '/tasks'],
        ['DELETE', '/tasks/x'],
        ['GET', '/nothing'],
        ['POST', '/tasks/x:explode'],
        ['GET', '/tasks/x/y'],
        ['GET', '/'],
      ]) {
        const response = await fetch(baseUrl + path, { method: method as string, headers: version })
        equal([response.status, (await jsonOf(response)).error.code], [404, 404], `${method} ${path}`)
      }
    },
  },

  {
    name: 'bodies that are no JSON, or of another type, are refused (HTTP+JSON)',
    requirements: ['HTTP_JSON-SVC-001', 'CORE-ERR-001'],
    async run(fetch, baseUrl) {
      const send = async (headers: Record<string, string>, body: string) => {
        const response = await fetch(`${baseUrl}/message:send`, { method: 'POST', headers, body })
        return [response.status, (await jsonOf(response)).error.details?.[0]?.reason]
      }
      equal(
        await send({ ...version, 'content-type': 'text/plain' }, '{}'),
        [400, 'CONTENT_TYPE_NOT_SUPPORTED'],
        'text/plain',
      )
      for (const body of ['{', 'x', '[]', '"x"', '7', 'null']) equal((await send(json, body))[0], 400, body)
    },
  },

  {
    name: 'an empty body is the same as {} (HTTP+JSON)',
    requirements: ['HTTP_JSON-URL-001'],
    async run(fetch, baseUrl) {
      for (const headers of [version, json]) {
        const response = await fetch(`${baseUrl}/tasks/made-up:cancel`, { method: 'POST', headers })
        equal([response.status, (await jsonOf(response)).error.details[0].reason], [404, 'TASK_NOT_FOUND'], 'answer')
      }
    },
  },

  {
    name: 'query parameters are camelCase, and repeated or unknown ones have a rule (HTTP+JSON)',
    requirements: ['HTTP_JSON-QP-001'],
    async run(fetch, baseUrl) {
      const list = async (search: string) => {
        const response = await fetch(`${baseUrl}/tasks?${search}`, { headers: version })
        return [response.status, (await jsonOf(response)).pageSize]
      }
      equal(await list('pageSize=7&contextId=nobody'), [200, 7], 'camelCase')
      equal(await list('page_size=7'), [200, 7], 'the name of the proto')
      equal(await list('unknown=1&pageSize=3'), [200, 3], 'unknown ones ignored')
      equal(await list('pageSize=3&pageSize=4'), [400, undefined], 'twice')
      equal(await list('pageSize='), [200, 50], 'empty is not set')
      equal(
        await list('status=TASK_STATE_WORKING&includeArtifacts=true&statusTimestampAfter=2026-01-01T00:00:00Z'),
        [200, 50],
        'all of them',
      )
    },
  },

  {
    name: 'path segments that are not percent-encoded UTF-8 are refused (HTTP+JSON)',
    requirements: ['CORE-ERR-001'],
    async run(fetch, baseUrl) {
      for (const path of ['/tasks/%ff', '/tasks/%E4%', '/tasks/%zz:cancel']) {
        const response = await fetch(baseUrl + path, {
          method: path.endsWith('cancel') ? 'POST' : 'GET',
          headers: version,
        })
        equal([response.status, (await jsonOf(response)).error.status], [400, 'INVALID_ARGUMENT'], path)
      }
    },
  },
]
