/**
 * As `./index`, for components whose host has a key-value store. Its declarations are those of `./index`.
 *
 * @module
 */
import { spinStorage } from '@pf-agents/spin-storage'
import { presetOver } from './preset-over'

/** Makes an app of an agent for a component. */
export const spinAgent = presetOver(spinStorage)
