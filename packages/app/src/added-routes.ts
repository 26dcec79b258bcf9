import { type AnyFeature, checkTargets, missingPort, PfError } from '@pf-agents/agent-core'
import type { HttpAppParts } from './http-app'
import type { OwnedRoute } from './routes'

/**
 * Routes of a feature that is added to an app that is made: it sees what is there, and changes nothing of it.
 *
 * @throws UnsupportedOnTargetError; PfError PF_FEATURE_MISSING, PF_CONFIG_INVALID where it brings more than routes
 */
export function addedRoutes(feature: AnyFeature, { ports, served, target, host }: HttpAppParts): OwnedRoute[] {
  checkTargets([feature], target)
  for (const port of feature.requires) {
    if (ports.find(port) === undefined) throw missingPort(port, `"${feature.name}" can't do without it`)
  }
  const { routes = [], ...more } = feature.setup({ ports, agents: served, target, cards: () => [], host: host.info })
  const [other] = Object.keys(more)
  if (other !== undefined || feature.provides.length > 0) {
    throw new PfError(
      'PF_CONFIG_INVALID',
      `The feature "${feature.name}" brings more than routes (${other ?? 'ports'}): give it to createApp, or to the preset in "add".`,
    )
  }
  return routes.map((route) => ({ ...route, owner: feature.name }))
}
