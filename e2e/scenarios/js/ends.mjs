import * as e2b from 'e2b'
import { apart, check, equal, fails, withSandbox } from './kit.mjs'

const NO_LONGER = e2b.TimeoutError

apart('after a kill: a running command fails at once', () => withSandbox({}, async sandbox => {
  const command = await sandbox.commands.run('sleep 4714', { background: true, timeoutMs: 0 })
  const waiting = fails(NO_LONGER, () => command.wait())
  const killed = Date.now()
  await sandbox.kill()
  check(/killed|not found|not running|timeout/i.test((await waiting).message), 'no reason')
  check(Date.now() - killed < 5000, 'late')
}))

apart('after a kill: a terminal fails at once', () => withSandbox({}, async sandbox => {
  const terminal = await sandbox.pty.create({ cols: 80, rows: 24, onData() {}, timeoutMs: 0 })
  const waiting = fails(NO_LONGER, () => terminal.wait())
  await sandbox.kill()
  await waiting
}))

apart('after a kill: calls fail with what says so', () => withSandbox({}, async sandbox => {
  await sandbox.kill()
  await fails(e2b.SandboxNotFoundError, () => sandbox.commands.run('true'))
  await fails(e2b.SandboxError, () => sandbox.files.read('x'))
  await fails(e2b.SandboxError, () => sandbox.files.list('.'))
  await fails(e2b.SandboxNotFoundError, () => sandbox.setTimeout(1000))
  equal(await sandbox.isRunning(), false)
}))
