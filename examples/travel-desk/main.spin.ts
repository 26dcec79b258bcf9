import { spinAgent } from '@pf-agents/spin-agent'
import agent from './agent.ts'

export default spinAgent(agent)
