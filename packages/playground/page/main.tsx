import './no-eval'
import { render } from 'preact'
import { App } from './app'
import './kit'
import { start } from './session/conversation'
import './session/theme'
import './styles/index.css'

const home = document.querySelector('#app')
if (home === null) throw new Error('The page has no place for the playground.')
home.replaceChildren()
render(<App />, home)
void start()
