import { type ModelHost, type OptionalSecret, PfError, type SecretReference } from '@pf-agents/agent-core'

/**
 * A key: itself, the name of a secret that is looked up for every call, or a function asked for every attempt. Without a
 * value of a secret that is optional, no key is sent. White space around a key, such as the line end of a file, is left
 * out.
 */
export type ApiKey = string | SecretReference | OptionalSecret | (() => string | Promise<string>)

/**
 * The key's value, now.
 *
 * @throws PfError PF_SECRET_MISSING where the secret has no value or there is nowhere to look it up
 */
export async function resolveKey(key: ApiKey | undefined, host: ModelHost): Promise<string | undefined> {
  if (key === undefined) return undefined
  if (typeof key === 'string') return key.trim()
  if (typeof key === 'function') return (await key()).trim()
  const value = (await host.variables?.get(key.secret))?.trim()
  if (value !== undefined && value !== '') return value
  if (key.optional) return undefined
  const why = host.variables ? 'has no value' : 'can not be looked up: the call has no host.variables'
  throw new PfError('PF_SECRET_MISSING', `The secret ${key.secret} ${why}. Set it, or give the model another key.`, {
    details: { secret: key.secret },
  })
}
