import { a2aServer } from '@pf-agents/a2a-server'
import { createApp } from '@pf-agents/app'
import { llmEngine } from '@pf-agents/llm-engine'
import { spinStorage } from '@pf-agents/spin-storage'
import { providerPort, responder } from './responder'

export default createApp(responder, [spinStorage(), providerPort(), llmEngine(), a2aServer()])
