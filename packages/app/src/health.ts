import type { AnyFeature, FeatureSetup, Logger } from '@pf-agents/agent-core'
import type { OwnedRoute } from './routes'

/** The public health check: 200 where every feature works, 503 where one does not. Reasons go to the log only. */
export function healthRoute(
  path: string,
  setups: readonly { feature: AnyFeature; setup: FeatureSetup }[],
  logger: Logger,
): OwnedRoute {
  const checks = setups.flatMap(({ feature, setup }) =>
    setup.health ? [{ name: feature.name, check: setup.health }] : [],
  )
  return {
    owner: 'app',
    method: 'GET',
    path,
    public: true,
    always: true,
    async handle() {
      const features: Record<string, 'ok' | 'failing'> = {}
      for (const { name, check } of checks) {
        try {
          await check()
          features[name] = 'ok'
        } catch (error) {
          features[name] = 'failing'
          logger.log('error', 'A feature is not healthy.', { feature: name, error: String(error) })
        }
      }
      const ok = !Object.values(features).includes('failing')
      return Response.json(
        { status: ok ? 'ok' : 'failing', features },
        { status: ok ? 200 : 503, headers: { 'cache-control': 'no-store' } },
      )
    },
  }
}
