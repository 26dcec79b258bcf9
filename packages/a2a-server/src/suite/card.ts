import { type Case, onBoth } from './case'
import { equal, matches, ok } from './check'
import { jsonOf } from './client'
import type { Json } from './client'

const path = '/.well-known/agent-card.json'

/** The agent card (4.4.1, 8.2, 8.3) and how it is kept (8.6). */
export const cardCases: Case[] = [
  {
    name: 'the card is at its well-known place, for everyone, and says who the agent is',
    requirements: ['CARD-DISC-001', 'CARD-STRUCT-001', 'CARD-PROTO-001', 'CARD-PROTO-002', 'BIND-FIELD-001'],
    async run(fetch, baseUrl) {
      const response = await fetch(baseUrl + path)
      equal([response.status, response.headers.get('content-type')], [200, 'application/json'], 'status and type')
      const card = await jsonOf(response)
      equal(
        Object.keys(card).toSorted(),
        [
          'capabilities',
          'defaultInputModes',
          'defaultOutputModes',
          'description',
          'name',
          'provider',
          'skills',
          'supportedInterfaces',
          'version',
        ],
        'members',
      )
      matches(
        card,
        {
          name: 'suite',
          description: 'Does what the suite asks',
          version: '1.2.3',
          provider: { organization: 'Example', url: 'https://example.com' },
        },
        'card',
      )
      const interfaces = ['1.0', '0.3'].flatMap((protocolVersion) =>
        ['JSONRPC', 'HTTP+JSON'].map((protocolBinding) => ({ url: baseUrl, protocolBinding, protocolVersion })),
      )
      equal(card.supportedInterfaces, interfaces, 'interfaces')
      equal(
        card.skills,
        [
          {
            id: 'upper',
            name: 'Upper case',
            description: 'Says a text in upper case',
            tags: ['text'],
            examples: ['hello'],
          },
          {
            id: 'picture',
            name: 'Picture',
            description: 'Takes pictures only',
            tags: ['image'],
            inputModes: ['image/png'],
          },
        ],
        'skills',
      )
      ok(
        card.capabilities.streaming !== true && card.capabilities.pushNotifications !== true,
        'no capability that is not served',
      )
      const uris = card.capabilities.extensions.map((one: Json) => one.uri)
      ok(
        uris.includes('urn:pf-agents:a2a:skill:v1') && uris.includes('urn:pf-agents:a2a:interrupt:v1'),
        'our extensions',
      )
      ok(
        card.capabilities.extensions.every((one: Json) => one.required !== true),
        'no extension that is required',
      )
    },
  },

  {
    name: 'the card may be kept: ETag, Last-Modified, Cache-Control',
    requirements: ['CARD-CACHE-001', 'CARD-CACHE-002', 'CARD-CACHE-003'],
    async run(fetch, baseUrl) {
      const { headers } = await fetch(baseUrl + path)
      const etag = headers.get('etag') ?? ''
      const modified = headers.get('last-modified') ?? ''
      ok(/^"[^"]+"$/.test(etag), `a strong ETag, not ${etag}`)
      ok(/max-age=[1-9]/.test(headers.get('cache-control') ?? ''), 'a max-age')
      ok(Date.parse(modified) <= Date.now(), `a time that is past, not ${modified}`)
      const status = async (conditions: Record<string, string>) =>
        (await fetch(baseUrl + path, { headers: conditions })).status
      equal(await status({ 'if-none-match': etag }), 304, 'with the ETag')
      equal(await status({ 'if-none-match': `"other", W/${etag}` }), 304, 'with the ETag in a list')
      equal(await status({ 'if-none-match': '*' }), 304, 'with *')
      equal(await status({ 'if-none-match': '"other"' }), 200, 'with another ETag')
      equal(await status({ 'if-none-match': '"other"', 'if-modified-since': modified }), 200, 'where the ETag decides')
      equal(
        await status({ 'if-modified-since': new Date(Date.now() + 60_000).toUTCString() }),
        304,
        'not modified since',
      )
      equal(await status({ 'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' }), 200, 'modified since')
      equal(await status({ 'if-modified-since': 'rubbish' }), 200, 'with a time that is none')
      const unchanged = await fetch(baseUrl + path, { headers: { 'if-none-match': etag } })
      equal([unchanged.headers.get('etag'), await unchanged.text()], [etag, ''], 'ETag and body of a 304')
    },
  },

  {
    name: 'HEAD of the card has its headers and no body',
    requirements: ['CARD-CACHE-002'],
    async run(fetch, baseUrl) {
      const response = await fetch(baseUrl + path, { method: 'HEAD' })
      equal([response.status, await response.text()], [200, ''], 'status and body')
      ok(response.headers.get('etag'), 'an ETag')
    },
  },

  ...onBoth('every binding of the card offers every operation', ['BIND-EQUIV-001', 'BIND-FIELD-001'], async (peer) => {
    for (const operation of [
      'SendMessage',
      'SendStreamingMessage',
      'GetTask',
      'ListTasks',
      'CancelTask',
      'SubscribeToTask',
      'CreateTaskPushNotificationConfig',
      'GetTaskPushNotificationConfig',
      'ListTaskPushNotificationConfigs',
      'DeleteTaskPushNotificationConfig',
      'GetExtendedAgentCard',
    ]) {
      const { error } = await peer.call(operation, { id: 'x', taskId: 'x' })
      ok(
        error?.code !== -32601 && !/no such operation/i.test(error?.message ?? ''),
        `${operation} to be known, not ${error?.message}`,
      )
    }
  }),
]
