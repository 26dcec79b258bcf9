// The kit's elements in JSX: as much of them as the page uses.
import type { HTMLAttributes } from 'preact'

type KitElement = HTMLAttributes<HTMLElement>
type Variant = { variant?: string; appearance?: string }

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'wa-badge': KitElement & Variant & { pill?: boolean }
      'wa-callout': KitElement & Variant
      'wa-dropdown': KitElement & {
        placement?: string
        distance?: number
        'onwa-select'?: (event: CustomEvent<{ item: { value: string } }>) => void
      }
      'wa-dropdown-item': KitElement & { value?: string }
      'wa-spinner': KitElement
      'wa-tab': KitElement & { panel: string }
      'wa-tab-group': KitElement & {
        active?: string
        'without-scroll-controls'?: boolean
        'onwa-tab-show'?: (event: CustomEvent<{ name: string }>) => void
      }
      'wa-tab-panel': KitElement & { name: string }
    }
  }
}
