import { readFileSync } from 'node:fs'
import { defineFeature, type FeatureRoute } from '@pf-agents/agent-core'

/** What the page may do: its own files and its own server, nothing inline and nothing from elsewhere. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const files = [
  { path: '/', file: 'index.html', type: 'text/html; charset=utf-8' },
  { path: '/page.js', file: 'page.js', type: 'text/javascript; charset=utf-8' },
  { path: '/style.css', file: 'style.css', type: 'text/css; charset=utf-8' },
]

/** Serves the files that `build.mjs` makes, beside the agent: same origin, so no CORS. */
export const page = () =>
  defineFeature({
    name: 'copilot-page',
    targets: ['node'],
    setup: () => ({
      routes: files.map(({ path, file, type }): FeatureRoute => {
        const body = readFileSync(new URL(`dist/${file}`, import.meta.url))
        const headers = {
          'content-type': type,
          'content-security-policy': contentSecurityPolicy,
          'cache-control': 'no-cache',
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'no-referrer',
        }
        return { method: 'GET', path, public: true, handle: () => new Response(body, { headers }) }
      }),
    }),
  })
