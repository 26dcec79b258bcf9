import { a2aServer } from '@pf-agents/a2a-server'
import { createApp } from '@pf-agents/app'
import { spinStorage } from '@pf-agents/spin-storage'
import { type CardName, cards } from '../cards'
import agent from '../tck-agent'

/** The subject as a component: the same agent, its tasks in the host's key-value store. */
export const wasmApp = (card: CardName) => createApp(agent, [a2aServer(cards[card]), spinStorage()])
