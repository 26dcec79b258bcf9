import { PfError } from '@pf-agents/agent-core'

/** The port of Ollama where no scheme says another one. */
const usualPort = '11434'

/**
 * The address of Ollama's interface, from the variable `OLLAMA_HOST` as Ollama itself reads it: scheme and port may be
 * left out, and an address to listen at is one to call.
 *
 * @throws PfError PF_CONFIG_INVALID where it is no address
 * @example
 * ```ts
 * createCompatibleModel({ server: ollama, model: 'qwen3', baseUrl: ollamaUrl('gpu.local') }) // http://gpu.local:11434/v1
 * ```
 */
export function ollamaUrl(host: string): string {
  // Quotes that a file of variables left on are none of it.
  const text = host.trim().replace(/^["']+|(?<!["'])["']+$/g, '')
  const [, scheme = '', name = '', path = ''] = /^(https?:\/\/)?([^/]*)(.*)/is.exec(text) ?? []
  const address = /^[^[]*:[^[]*:/.test(name) ? `[${name}]` : name.replace(/:$/, '')
  // Not known by the URL: it leaves out a port that is its scheme's own.
  const port = scheme === '' && !/:\d+$/.test(address) ? `:${usualPort}` : ''
  const own = address === '' || address.startsWith(':') ? '127.0.0.1' : ''
  let url: URL
  try {
    url = new URL(`${scheme || 'http://'}${own}${address}${port}${path}`)
  } catch (cause) {
    throw new PfError('PF_CONFIG_INVALID', `"${host}" is no address of Ollama. Write it like http://127.0.0.1:11434.`, {
      cause,
    })
  }
  if (url.hostname === '0.0.0.0' || url.hostname === '[::]') url.hostname = '127.0.0.1'
  return `${url.origin}${url.pathname.replace(/(?<!\/)\/+$/, '')}/v1`
}
