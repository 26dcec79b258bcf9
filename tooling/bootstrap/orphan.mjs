import { readFileSync } from 'node:fs'
import { basename } from 'node:path'

/** How often is looked, in milliseconds. */
const everyMs = 500

/** Parent and name of a process, where the system shows them as files. */
function processInfo(pid) {
  try {
    // The name stands in brackets and may have any character in it.
    const [, name, rest] = /^\d+ \((.*)\) (.+)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return { name, parent: Number(rest.split(' ')[1]) }
  } catch {
    return undefined
  }
}

const isShell = (name) => /^(?:ba|da|a|z|k|mk)?sh$|^busybox$/.test(basename(name))

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/**
 * Calls back once when whoever started this process is gone. npm starts scripts through a shell, passes SIGTERM on to
 * that shell alone, and dies of SIGHUP and SIGKILL without a word (npm 11), so nobody tells the script. The shell is looked
 * after on every system, npm behind it where there is /proc.
 */
export function onOrphaned(callback) {
  const parent = process.ppid
  const info = process.env.npm_lifecycle_event === undefined ? undefined : processInfo(parent)
  const npm = info && isShell(info.name) ? info.parent : undefined
  const timer = setInterval(() => {
    // The shell's parent changes even where npm, dead, still waits for somebody to take note of it.
    if (process.ppid === parent && isAlive(parent) && (npm === undefined || processInfo(parent)?.parent === npm)) return
    clearInterval(timer)
    callback()
  }, everyMs)
  timer.unref()
}
