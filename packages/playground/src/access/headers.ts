import type { RequestInfo } from '@pf-agents/agent-core'

/**
 * Scripts, styles and connections of this origin alone: nothing inline, nothing from elsewhere, no frame around it. Icons
 * and images that an agent gives are data; `fetch` of data serves the kit's icons. Text becomes HTML nowhere but in the
 * templates of the kit (Trusted Types): no code of the page could do it by mistake.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  'media-src data: blob:',
  "connect-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types lit-html',
].join('; ')

const always = {
  'cache-control': 'no-cache',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
}

/** Headers of what the page reads. */
export const apiHeaders: Record<string, string> = { ...always, 'cache-control': 'no-store' }

/** A file of the page with what browsers are to hold it to; without its body where the caller has it. */
export function withPageHeaders(info: RequestInfo, file: { body: Uint8Array; type: string; tag: string }): Response {
  const headers = {
    ...always,
    etag: file.tag,
    'content-type': file.type,
    'content-security-policy': contentSecurityPolicy,
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  }
  if (info.header('if-none-match') === file.tag) return new Response(null, { status: 304, headers })
  return new Response(file.body as Uint8Array<ArrayBuffer>, { headers })
}
