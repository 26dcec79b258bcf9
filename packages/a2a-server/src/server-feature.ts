import { A2A_VERSION_HEADER, isPathTenant, toA2AError } from '@pf-agents/a2a-protocol'
import {
  clockPort,
  defineFeature,
  type FeatureRoute,
  type JsonObject,
  loggerPort,
  PfError,
  type RequestInfo,
  runStorePort,
  runStreamsPort,
  type ServedAgent,
} from '@pf-agents/agent-core'
import { answerJsonRpc, jsonRpcFailure } from './binding/json-rpc'
import { Negotiation } from './binding/negotiate'
import { answerRest, restFailure } from './binding/rest'
import { additionsOf, buildCard, type CardPlace, forHost, joinAdditions } from './card/build-card'
import { CardRoute, originOf } from './card/card-route'
import { extendedCard } from './card/extended-card'
import { createCardSigning } from './card/sign-card'
import { Endpoints } from './endpoint'
import { Extensions } from './extension/extensions'
import { replayExtension } from './extension/replay-extension'
import type { A2AServerOptions } from './options'
import { pushServicePort } from './push-port/push-service'
import { Service } from './service'
import { Streaming } from './stream/streaming'
import type { VersionAdapter } from './version-adapter'

/** The server feature, with an adapter for another version of A2A or without. */
export function serverFeature(options: A2AServerOptions, adapter: VersionAdapter | undefined) {
  const base = basePath(options.path ?? '/')
  const publicUrl = options.publicUrl === undefined ? undefined : checkedUrl(options.publicUrl)
  const bindings = options.bindings ?? (['JSONRPC', 'HTTP+JSON'] as const)
  if (bindings.length === 0) throw new PfError('PF_CONFIG_INVALID', 'a2aServer: "bindings" names none.')

  return defineFeature({
    name: 'a2a-server',
    targets: ['node', 'wasm'],
    requires: [loggerPort, clockPort, runStorePort],
    optional: [pushServicePort, runStreamsPort],
    setup({ ports, agents, cards, host, target }) {
      checkTenants(agents)
      const signing = createCardSigning({ signers: options.signWith, target, publicUrl, host })
      const endpoints = new Endpoints(agents)
      const runStreams = ports.find(runStreamsPort)
      const extensions = new Extensions([...(runStreams ? [replayExtension] : []), ...(options.extensions ?? [])])
      const streaming =
        runStreams &&
        new Streaming(runStreams, ports.get(runStorePort), ports.get(clockPort), options.streaming ?? {}, (error) =>
          service.tell(error),
        )
      let service: Service
      let additions: ReturnType<typeof joinAdditions>
      const place = (origin: string, tenant: string): CardPlace => ({
        url: (publicUrl ?? origin) + base,
        bindings,
        tenant,
        old: adapter && {
          version: adapter.version,
          url: `${publicUrl ?? origin}${tenant === '' ? '' : `/${tenant}`}${base}`,
        },
      })

      const route = (method: FeatureRoute['method']): FeatureRoute => ({
        method,
        path: `${base}/*`,
        handle: (request, info) => {
          const path = info.path.slice(base.length)
          if (method === 'POST' && (path === '' || path === '/') && bindings.includes('JSONRPC'))
            return answerJsonRpc(service, request, info)
          if (bindings.includes('HTTP+JSON')) return answerRest(service, request, info, path)
          throw new PfError('PF_METHOD_UNKNOWN', 'There is nothing at this address.')
        },
        fail: (error, request, info) => {
          const told = toA2AError(error)
          const path = info.path.slice(base.length)
          if (method === 'POST' && (path === '' || path === '/')) return jsonRpcFailure(told, null)
          return adapter?.takesRest(path, request, info) ? adapter.restFailure(told) : restFailure(told, request)
        },
      })
      const cardTimes = {
        address: publicUrl,
        modified: () => host().builtAt ?? ports.get(clockPort).now(),
        maxAgeSeconds: options.cardMaxAgeSeconds ?? 300,
      }
      const plainCard = (origin: string, tenant: string) =>
        buildCard(endpoints.find(tenant, undefined).agent, forHost(additions, host()), place(origin, tenant))
      const oldCard =
        adapter &&
        new CardRoute({
          ...cardTimes,
          path: adapter.cardPath,
          vary: A2A_VERSION_HEADER,
          render: (origin, tenant) => adapter.card(plainCard(origin, tenant)),
        })
      const card = new CardRoute({
        ...cardTimes,
        vary: adapter && A2A_VERSION_HEADER,
        render: (origin, tenant) => signing.publicCard(plainCard(origin, tenant), tenant),
        ...(oldCard && {
          instead: (request: Request, info: RequestInfo) =>
            adapter.wantsCard(request, info) ? oldCard.handle(request, info) : undefined,
        }),
      })
      return {
        routes: [card, ...(oldCard ? [oldCard] : []), route('GET'), route('POST'), route('DELETE')],
        card: {
          capabilities: {
            ...(streaming && { streaming: true }),
            ...(options.extendedCard !== undefined && { extendedAgentCard: true }),
            extensions: extensions.declared as unknown as JsonObject[],
          },
        },
        close: () => streaming?.close(),
        ...(options.signWith?.length && {
          health: async () => void (await Promise.all(agents.map(({ tenant }) => card.prepare(tenant)))),
        }),
        ready() {
          additions = joinAdditions([...additionsOf(cards()), options.card ?? {}])
          service = new Service({
            endpoints,
            negotiation: new Negotiation(additions.capabilities),
            additions,
            logger: ports.get(loggerPort),
            push: ports.find(pushServicePort),
            streaming,
            extensions,
            adapter,
            extendedCard: (endpoint, request, info: RequestInfo) =>
              extendedCard(
                options.extendedCard,
                additions,
                endpoint,
                place(originOf(request.url) + info.basePath, endpoint.tenant),
                info.principal,
                signing,
              ),
          })
          // Signed before anybody asks; what goes wrong is told by the health check and by each request for the card.
          if (options.signWith?.length) for (const { tenant } of agents) card.prepare(tenant).catch(() => {})
        },
      }
    },
  })
}

function checkTenants(agents: readonly ServedAgent[]): void {
  const bad = agents.find(({ tenant }) => tenant !== '' && !isPathTenant(tenant))
  if (bad)
    throw new PfError(
      'PF_CONFIG_INVALID',
      `tenants: "${bad.tenant}" is a word of the protocol. Give the tenant another name.`,
    )
}

/** The path without a slash at its end; empty for the root. */
function basePath(path: string): string {
  if (!/^\/[A-Za-z0-9._~/-]*$/.test(path) || path.includes('//')) {
    throw new PfError(
      'PF_CONFIG_INVALID',
      'a2aServer: "path" begins with "/" and has letters, digits, "-", "_", "." and "~" only.',
    )
  }
  return path.replace(/\/$/, '')
}

function checkedUrl(text: string): string {
  let url: URL
  try {
    url = new URL(text)
  } catch (cause) {
    throw new PfError(
      'PF_CONFIG_INVALID',
      'a2aServer: "publicUrl" must be an absolute URL such as https://agent.example.com.',
      { cause },
    )
  }
  if (!/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new PfError(
      'PF_CONFIG_INVALID',
      'a2aServer: "publicUrl" must be a http or https URL without credentials, query and fragment.',
    )
  }
  return url.href.replace(/\/$/, '')
}
