import { a2aServer } from '@pf-agents/a2a-server'
import { createApp } from '@pf-agents/app'
import { schemas } from './schemas'

export default createApp(schemas, [a2aServer()])
