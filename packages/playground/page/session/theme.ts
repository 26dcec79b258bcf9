import { effect } from '@preact/signals'
import { kept } from './kept'

export type Theme = 'system' | 'light' | 'dark'

/** How the page looks: as the system does, unless somebody chose. */
export const theme = kept<Theme>('theme', 'system', 'local')

const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)')

function apply(): void {
  const isDark = theme.value === 'dark' || (theme.value === 'system' && systemIsDark.matches)
  document.documentElement.classList.toggle('wa-dark', isDark)
  document.documentElement.classList.toggle('wa-light', !isDark)
}

systemIsDark.addEventListener('change', apply)
effect(apply)
