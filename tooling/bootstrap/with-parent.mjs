// Imported by the scripts that the bootstrap hands over to: a script ends, as if asked to, when the bootstrap is gone,
// killed or not. Started by hand it has no such channel, and outlives the shell it was started from as it likes.
if (process.channel) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  // The channel alone keeps nothing running.
  process.channel.unref()
}
