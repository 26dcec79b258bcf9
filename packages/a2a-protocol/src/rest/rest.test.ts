import { describe, expect, it } from 'vitest'
import type { Operation, Requests } from '../operations'
import { decodeRestRequest, encodeRestRequest } from './request'
import { matchRestRoute } from './routes'

const invalid = expect.objectContaining({ kind: 'InvalidParamsError' }) as Error

describe('matchRestRoute (§5.3, §11.3) [HTTP_JSON-URL-001, HTTP_JSON-URL-002]', () => {
  it.each([
    ['POST', '/message:send', { operation: 'SendMessage', path: {} }],
    ['POST', '/message:stream', { operation: 'SendStreamingMessage', path: {} }],
    ['GET', '/tasks', { operation: 'ListTasks', path: {} }],
    ['GET', '/tasks/t-1', { operation: 'GetTask', path: { id: 't-1' } }],
    ['POST', '/tasks/t-1:cancel', { operation: 'CancelTask', path: { id: 't-1' } }],
    ['POST', '/tasks/t-1:subscribe', { operation: 'SubscribeToTask', path: { id: 't-1' } }],
    ['GET', '/tasks/t-1:subscribe', { operation: 'SubscribeToTask', path: { id: 't-1' } }],
    [
      'POST',
      '/tasks/t-1/pushNotificationConfigs',
      { operation: 'CreateTaskPushNotificationConfig', path: { taskId: 't-1' } },
    ],
    [
      'GET',
      '/tasks/t-1/pushNotificationConfigs',
      { operation: 'ListTaskPushNotificationConfigs', path: { taskId: 't-1' } },
    ],
    [
      'GET',
      '/tasks/t-1/pushNotificationConfigs/p',
      { operation: 'GetTaskPushNotificationConfig', path: { taskId: 't-1', id: 'p' } },
    ],
    [
      'DELETE',
      '/tasks/t-1/pushNotificationConfigs/p',
      { operation: 'DeleteTaskPushNotificationConfig', path: { taskId: 't-1', id: 'p' } },
    ],
    ['GET', '/extendedAgentCard', { operation: 'GetExtendedAgentCard', path: {} }],
  ])('%s %s', (method, path, match) => {
    expect(matchRestRoute(method, path)).toEqual(match)
    expect(matchRestRoute(method, `/acme${path}`)).toEqual({ ...match, tenant: 'acme' })
  })

  it('takes ids with colons, and splits off only a verb that there is', () => {
    expect(matchRestRoute('GET', '/tasks/a:b:c')?.path).toEqual({ id: 'a:b:c' })
    expect(matchRestRoute('POST', '/tasks/a:b:cancel')).toEqual({ operation: 'CancelTask', path: { id: 'a:b' } })
    expect(matchRestRoute('GET', '/tasks/a:cancel')).toEqual({ operation: 'GetTask', path: { id: 'a:cancel' } })
    expect(matchRestRoute('POST', '/tasks/a:explode')).toBeUndefined()
    expect(matchRestRoute('POST', '/tasks/a:constructor')).toBeUndefined()
    expect(matchRestRoute('POST', '/tasks/a%3Acancel')).toEqual({ operation: 'CancelTask', path: { id: 'a' } })
  })

  it('decodes each segment once', () => {
    expect(matchRestRoute('GET', '/tasks/a%2Fb%2520c')?.path).toEqual({ id: 'a/b%20c' })
    expect(matchRestRoute('GET', '/caf%C3%A9/tasks')).toEqual({ operation: 'ListTasks', path: {}, tenant: 'café' })
    for (const path of ['/tasks/%', '/tasks/%FF', '/%C3/tasks', '/tasks/t/pushNotificationConfigs/%zz']) {
      expect(() => matchRestRoute('GET', path)).toThrow(invalid)
    }
  })

  it('takes no route of its own for a tenant', () => {
    for (const path of ['/tasks/tasks', '/tasks/extendedAgentCard', '/tasks/message:send']) {
      expect(matchRestRoute('GET', path)?.operation).toBe('GetTask')
      expect(matchRestRoute('POST', path)).toBeUndefined()
    }
    expect(matchRestRoute('POST', '/message:send/message:send')).toBeUndefined()
    expect(matchRestRoute('GET', '/t%61sks/tasks')).toBeUndefined()
    expect(matchRestRoute('GET', '/extendedAgentCard/tasks')).toBeUndefined()
  })

  it('knows no other routes', () => {
    for (const path of [
      '',
      '/',
      '//',
      '//tasks',
      '/tasks/t/other',
      '/tasks/t/pushNotificationConfigs/p/q',
      '/a/b/tasks',
      '/constructor',
      '/v1/tasks/t/x',
    ]) {
      expect([path, matchRestRoute('GET', path)]).toEqual([path, undefined])
    }
    expect(matchRestRoute('PUT', '/tasks/t')).toBeUndefined()
    expect(matchRestRoute('GET', '/message:send')).toBeUndefined()
  })
})

describe('decodeRestRequest', () => {
  const run = (method: string, target: string, body?: unknown) => {
    const url = new URL(target, 'http://x')
    return decodeRestRequest(matchRestRoute(method, url.pathname)!, url.searchParams, body)
  }

  it('reads queries by their types (§11.5) [HTTP_JSON-QP-001]', () => {
    expect(
      run(
        'GET',
        '/tasks?contextId=c&status=TASK_STATE_WORKING&pageSize=20&pageToken=p&historyLength=0&statusTimestampAfter=2026-11-20T10:00:00Z&includeArtifacts=true',
      ),
    ).toEqual({
      contextId: 'c',
      status: 'working',
      pageSize: 20,
      pageToken: 'p',
      historyLength: 0,
      statusTimestampAfter: '2026-11-20T10:00:00.000Z',
      includeArtifacts: true,
    })
    expect(run('GET', '/tasks?context_id=c&status=2&include_artifacts=false&shoe=1&A2A-Version=1.0')).toEqual({
      contextId: 'c',
      status: 'working',
      includeArtifacts: false,
    })
    expect(run('GET', '/tasks?contextId=&pageSize=&status=')).toEqual({})
    expect(run('GET', '/tasks/t?historyLength=3&tenant=a')).toEqual({ id: 't', historyLength: 3, tenant: 'a' })
  })

  it('refuses queries of the wrong type, and what is given twice', () => {
    for (const query of [
      'includeArtifacts=True',
      'includeArtifacts=1',
      'pageSize=ten',
      'pageSize=0',
      'historyLength=-1',
      'status=working',
      'status=9',
      'pageSize=5&page_size=6',
      'contextId=a&contextId=b',
    ]) {
      expect(() => run('GET', `/tasks?${query}`)).toThrow(invalid)
    }
  })

  it('puts the path before the body (§11.3)', () => {
    expect(run('POST', '/tasks/t-1:cancel', { id: 'other', metadata: { a: 1 } })).toEqual({
      id: 't-1',
      metadata: { a: 1 },
    })
    expect(run('POST', '/tasks/t-1/pushNotificationConfigs', { task_id: 'other', id: 'p', url: 'https://h' })).toEqual({
      taskId: 't-1',
      id: 'p',
      url: 'https://h',
    })
  })

  it('takes an empty body for {} (§11.4)', () => {
    for (const body of [undefined, null]) expect(run('POST', '/tasks/t-1:cancel', body)).toEqual({ id: 't-1' })
    for (const body of [[], 'x', 1]) expect(() => run('POST', '/tasks/t-1:cancel', body)).toThrow(invalid)
  })

  it('takes the tenant from path, body or query, but not two that differ', () => {
    const message = { messageId: 'm', role: 'ROLE_USER', parts: [{ text: 'x' }] }
    expect(run('POST', '/acme/message:send', { message })).toMatchObject({ tenant: 'acme' })
    expect(run('POST', '/acme/message:send', { message, tenant: 'acme' })).toMatchObject({ tenant: 'acme' })
    expect(run('POST', '/message:send', { message, tenant: 'acme' })).toMatchObject({ tenant: 'acme' })
    expect(() => run('POST', '/acme/message:send', { message, tenant: 'other' })).toThrow(invalid)
    expect(() => run('GET', '/acme/tasks?tenant=other')).toThrow(invalid)
  })

  it('does not change the body', () => {
    const body = Object.freeze({ id: 'other' })
    run('POST', '/acme/tasks/t:cancel', body)
    expect(body).toEqual({ id: 'other' })
  })
})

describe('encodeRestRequest', () => {
  const message = { messageId: 'm', role: 'user' as const, parts: [{ text: 'x' }] }
  const requests: { [K in Operation]: Requests[K] } = {
    SendMessage: { message, configuration: { historyLength: 0 } },
    SendStreamingMessage: { message },
    GetTask: { id: 'a/b:c d%é', historyLength: 0 },
    ListTasks: { contextId: 'c&d', status: 'input-required', pageSize: 7, includeArtifacts: false },
    CancelTask: { id: 't:1', metadata: { a: 1 } },
    SubscribeToTask: { id: 't?1#' },
    CreateTaskPushNotificationConfig: { taskId: 't/1', id: 'p', url: 'https://h', token: 'k' },
    GetTaskPushNotificationConfig: { taskId: 't', id: 'p/q' },
    ListTaskPushNotificationConfigs: { taskId: 't', pageSize: 3 },
    DeleteTaskPushNotificationConfig: { taskId: 't', id: 'p' },
    GetExtendedAgentCard: {},
  }

  it.each(Object.keys(requests) as Operation[])('%s is read back as it was, with any tenant', (operation) => {
    for (const tenant of [undefined, 'acme', 'tasks', 'a/b', 'ü', '..']) {
      const request = { ...requests[operation], ...(tenant !== undefined && { tenant }) }
      const call = encodeRestRequest(operation, request)
      const url = new URL(`http://x/base${call.path}`)
      const match = matchRestRoute(call.method, url.pathname.slice('/base'.length))
      expect(match?.operation).toBe(operation)
      const body = call.body === undefined ? undefined : (JSON.parse(JSON.stringify(call.body)) as unknown)
      expect(decodeRestRequest(match!, url.searchParams, body)).toEqual(request)
    }
  })

  it('refuses ids that no path can carry', () => {
    for (const id of ['', '.', '..', '\ud800']) expect(() => encodeRestRequest('GetTask', { id })).toThrow(invalid)
  })
})
