import {
  type AnyFeature,
  bind,
  checkTargets,
  clockPort,
  consoleLogger,
  conversationPort,
  createMemoryStores,
  createRuntime,
  type FeatureContext,
  type FeatureSetup,
  httpClientPort,
  keyValuePort,
  loggerPort,
  mergeNeeds,
  orderFeatures,
  outboxPort,
  PfError,
  type Port,
  type PortBinding,
  PortMap,
  randomPort,
  type RuntimeOptions,
  runStorePort,
  systemClock,
  systemRandom,
  type Target,
  toolSourcesPort,
  variablesPort,
} from '@pf-agents/agent-core'
import { createAuthenticator } from '@pf-agents/auth'
import type { App } from './app'
import { defineDocument } from './describe'
import { healthRoute } from './health'
import { currentTarget, Host } from './host'
import type { AppOptions } from './options'
import { type OwnedRoute, orderRoutes } from './routes'
import { HttpApp } from './http-app'
import { Served } from './served'
import { type Agents, agentsOf } from './tenants'

/**
 * Puts an agent and its features together into an app. Everything that can be decided is decided here, so that requests
 * find it ready, and a component has it in its snapshot; no I/O happens, and neither clock, randomness nor environment is read.
 *
 * @param agents - one agent, or `{ tenants: { name: agent } }`
 * @param features - in any order
 * @throws PfError PF_TARGET_UNSUPPORTED, PF_FEATURE_MISSING, PF_FEATURE_CONFLICT, PF_FEATURE_CYCLE, PF_CONFIG_INVALID
 * @example
 * ```ts
 * const app = createApp(agent, [a2aServer()])
 * await serve(app, { port: 3000 })
 * ```
 */
export function createApp<const F extends readonly AnyFeature[]>(
  agents: Agents,
  features: F,
  options: AppOptions = {},
): App<F[number]> {
  const target = options.target ?? currentTarget()
  checkTargets(features, target)
  const stored = features.some((feature) => feature.provides.some((port) => port.key === runStorePort.key))
  const host = new Host(target, stored)
  const builtIn = builtInServices(options, host, features)
  const ordered = orderFeatures(
    features,
    builtIn.map(({ port }) => port),
  )
  const ports = new PortMap(builtIn)
  const served = agentsOf(agents).map(({ tenant, agent }) => new Served(tenant, agent))
  const tenants = new Set(served.map(({ tenant }) => tenant).filter((tenant) => tenant !== ''))
  const authenticator = options.auth && createAuthenticator(options.auth, { target })

  const cards = authenticator ? [authenticator.card] : []
  const setups: { feature: AnyFeature; setup: FeatureSetup }[] = []
  const context: FeatureContext = { ports, agents: served, target, cards: () => cards, host: host.info }
  try {
    for (const feature of ordered) {
      const setup = feature.setup(context)
      setups.push({ feature, setup })
      for (const binding of setup.ports ?? []) ports.bind(binding)
      checkProvided(feature, setup.ports ?? [])
      if (setup.card !== undefined) cards.push(setup.card)
    }
    const tools = setups.flatMap(({ setup }) => setup.tools ?? [])
    // Any number of features may bring tools; a feature that answers the port itself goes before them.
    if (tools.length > 0) ports.bind(bind(toolSourcesPort, [...(ports.find(toolSourcesPort) ?? []), ...tools]))
    for (const one of served) one.begin(createRuntime(one.agent, ports, runtimeOptions(options, target, one.tenant)))
    for (const { setup } of setups) setup.ready?.()

    const routes = setups.flatMap(({ feature, setup }) =>
      (setup.routes ?? []).map((route): OwnedRoute => ({ ...route, owner: feature.name })),
    )
    const health = options.health ?? '/health'
    if (health !== false) routes.push(healthRoute(health, setups, ports.get(loggerPort)))
    const needs = mergeNeeds([
      ...served.map(({ agent }) => agent.needs),
      ...features.map((feature) => feature.needs),
      authenticator?.needs,
    ])
    return new HttpApp<F[number]>({
      features,
      target,
      served,
      tenants,
      routes: orderRoutes(routes, tenants),
      middleware: setups.flatMap(({ setup }) => setup.middleware ?? []),
      authenticator,
      ports,
      needs,
      document: defineDocument({ agents: served, features, needs, cards }),
      closers: setups.flatMap(({ setup }) => (setup.close ? [setup.close] : [])),
      host,
      options,
    })
  } catch (error) {
    // What was opened is closed again; whatever that brings up, the first error is the one to tell.
    for (const { setup } of setups.toReversed()) void (async () => setup.close?.())().catch(() => {})
    throw error
  }
}

/** What stands in where no feature provides it. Ports of a feature win. */
function builtInServices(options: AppOptions, host: Host, features: readonly AnyFeature[]): PortBinding[] {
  const memory = createMemoryStores(options.memory)
  const all = [
    bind(clockPort, options.clock ?? systemClock),
    bind(randomPort, options.random ?? systemRandom),
    bind(loggerPort, options.logger ?? consoleLogger),
    bind(variablesPort, options.variables ?? { get: (name) => host.services.variables?.get(name) }),
    bind(httpClientPort, { fetch: (input, init) => (host.services.httpClient ?? globalThis).fetch(input, init) }),
    bind(runStorePort, memory.runStore),
    bind(conversationPort, memory.conversation),
    bind(keyValuePort, memory.keyValue),
    bind(outboxPort, memory.outbox),
  ]
  const provided = new Set(features.flatMap((feature) => feature.provides.map((port) => port.key)))
  // Half of the memory drivers would go on without the other: a store that is provided brings its own outbox or has none.
  const ownStore = provided.has(runStorePort.key)
  if (!ownStore && provided.has(conversationPort.key)) {
    throw new PfError(
      'PF_FEATURE_MISSING',
      `A feature provides ${conversationPort.name} and none ${runStorePort.name}: messages of tasks go where the tasks are stored. Install a storage feature that provides both.`,
    )
  }
  return all.filter(({ port }) => !provided.has(port.key) && !(ownStore && port.key === outboxPort.key))
}

function runtimeOptions(options: AppOptions, target: Target, tenant: string): RuntimeOptions {
  // A component's run lives inside its request: nobody could wait in a queue, and hosts end long requests.
  const usual: RuntimeOptions =
    target === 'wasm' ? { concurrency: { whenBusy: 'reject' }, deadlineMs: 30_000, schemaSteps: 300_000 } : {}
  return { ...usual, ...options.runtime, tenant }
}

function checkProvided(feature: AnyFeature, given: readonly PortBinding[]): void {
  const keys = new Set(given.map(({ port }) => port.key))
  const absent = feature.provides.find((port: Port<unknown>) => !keys.has(port.key))
  if (absent !== undefined) {
    throw new PfError(
      'PF_CONFIG_INVALID',
      `The feature "${feature.name}" says that it provides ${absent.name}, and its set-up does not.`,
    )
  }
}
