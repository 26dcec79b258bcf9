import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AgentCard, signAgentCard } from '@pf-agents/a2a-protocol'
import { type JsonObject, PfError } from '@pf-agents/agent-core'
import type { AgentDefinitionDocument } from '@pf-agents/app'
import { createCardVerifier } from '@pf-agents/auth/jwt'
import { createWasmHost } from '@pf-agents/wasm-host'
import { canonicalName } from '../guest/variables'
import type { SignKey } from './sign-key'

/** Signatures of an app's cards by tenant; the tenant of an app with one agent is empty. */
export type CardSignatures = Record<string, JsonObject[]>

/** How a component is asked for its cards. */
export interface CardSource {
  component: Uint8Array
  /** What it says it needs, and which tenants it has. */
  definition: AgentDefinitionDocument
  /** Directory of prepared components. */
  cacheDir: string
  /** Receives what the guest logs. */
  onPrint?: ((line: string) => void) | undefined
  signal?: AbortSignal | undefined
}

/** Addresses that nobody has: a card that names one of them takes its address from the request. */
const strangers = ['https://one.invalid', 'https://two.invalid']

/**
 * Signs the cards that a component serves, with keys that stay outside.
 *
 * @throws PfError PF_BUILD_FAILED where it serves no card, or does not know its public URL: what is signed names an address,
 * which is not known when it is built
 */
export async function signCards(source: CardSource, keys: readonly SignKey[]): Promise<CardSignatures> {
  const signers = keys.map(({ signer }) => signer)
  const signatures: CardSignatures = {}
  for (const [tenant, card] of Object.entries(await cardsOf(source))) {
    const signed = await signAgentCard(card as unknown as AgentCard, signers)
    signatures[tenant] = signed.signatures as unknown as JsonObject[]
  }
  return signatures
}

/**
 * Makes sure that every card which a component serves has a good signature by every key.
 *
 * @throws PfError PF_BUILD_FAILED
 */
export async function verifyCards(source: CardSource, keys: readonly SignKey[]): Promise<void> {
  for (const [tenant, card] of Object.entries(await cardsOf(source))) {
    for (const { kid, publicJwk } of keys) {
      const verify = createCardVerifier({ keys: { [kid]: { key: publicJwk as never } }, requireForm: true })
      await verify(card, {}).catch((cause: unknown) => {
        const whose = tenant === '' ? 'The card' : `The card of the tenant ${tenant}`
        throw failed(
          `${whose} as it is served has no good signature by the key ${kid}. It must not differ from one start to the next.`,
          cause,
        )
      })
    }
  }
}

/** The cards as they are served, by tenant. */
async function cardsOf(source: CardSource): Promise<Record<string, JsonObject>> {
  const { definition, cacheDir, component, onPrint, signal } = source
  const dataDir = await mkdtemp(join(tmpdir(), 'pf-sign-'))
  try {
    const { stores, variables, memoryMb } = grantsOf(definition)
    const host = await createWasmHost({
      component,
      name: definition.name,
      workers: 1,
      pool: 1,
      memoryMb,
      stores,
      variables,
      dataDir,
      cacheDir,
      onLog: ({ line }) => onPrint?.(line),
    })
    try {
      const cards: Record<string, JsonObject> = {}
      for (const tenant of Object.keys(definition.tenants ?? { '': definition })) {
        const texts = await Promise.all(strangers.map((origin) => cardText(host.fetch, origin, tenant, signal)))
        if (texts[0] !== texts[1]) {
          throw failed(
            'The card can not be signed: it has the address that it is asked for at, and a signature is for one address. Fix it, as in a2aServer({ publicUrl: "https://agent.example.com" }).',
          )
        }
        cards[tenant] = JSON.parse(texts[0] as string) as JsonObject
      }
      return cards
    } finally {
      await host.close()
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

function grantsOf({ needs }: AgentDefinitionDocument) {
  const variables: Record<string, string> = {}
  for (const [name, { default: value }] of Object.entries(needs.variables))
    if (value !== undefined) variables[name] = variables[canonicalName(name)] = value
  return { variables, stores: needs.keyValue, memoryMb: needs.memoryMb }
}

async function cardText(
  fetch: (request: Request) => Promise<Response>,
  origin: string,
  tenant: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const path = `${tenant === '' ? '' : `/${encodeURIComponent(tenant)}`}/.well-known/agent-card.json`
  const response = await fetch(new Request(origin + path, signal && { signal }))
  const text = await response.text()
  if (response.ok) return text
  throw failed(
    response.status === 404
      ? `The card can not be signed: there is none at ${path}. Add a2aServer() to the app.`
      : `The card can not be signed: the component answers ${path} with ${response.status}: ${text.slice(0, 500)}`,
  )
}

function failed(message: string, cause?: unknown): PfError {
  return new PfError('PF_BUILD_FAILED', message, cause === undefined ? {} : { cause })
}
