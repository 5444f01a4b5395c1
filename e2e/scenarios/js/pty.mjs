import { CommandExitError } from 'e2b'
import { scenario, check, equal, fails, until, NotInThisVersion } from './kit.mjs'

const bytes = text => new TextEncoder().encode(text)

async function terminal(sandbox, options = {}) {
  const seen = { text: '' }
  const decoder = new TextDecoder()
  const onData = data => { seen.text += decoder.decode(data, { stream: true }) }
  seen.handle = await sandbox.pty.create({ cols: 80, rows: 24, onData, timeoutMs: 0, ...options })
  seen.type = text => sandbox.pty.sendInput(seen.handle.pid, bytes(text))
  return seen
}

scenario('pty: a shell answers and ends with its code', async sandbox => {
  const shell = await terminal(sandbox)
  await shell.type('tty; echo sum $((40 + 2))\n')
  await until(() => shell.text.includes('sum 42'), 'the sum')
  check(/\/dev\/pts\/\d/.test(shell.text), shell.text)
  await shell.type('exit 6\n')
  equal((await fails(CommandExitError, () => shell.handle.wait())).exitCode, 6)
})

scenario('pty: size, and a new size', async sandbox => {
  const shell = await terminal(sandbox, { cols: 91, rows: 33 })
  await shell.type('stty size\n')
  await until(() => shell.text.includes('33 91'), 'the size')
  await sandbox.pty.resize(shell.handle.pid, { cols: 132, rows: 40 })
  await shell.type('stty size\n')
  await until(() => shell.text.includes('40 132'), 'the new size')
  equal(await sandbox.pty.kill(shell.handle.pid), true)
})

scenario('pty: variables, folder and user', async sandbox => {
  const shell = await terminal(sandbox, { envs: { WORD: 'wörd' }, cwd: '/var', user: 'root' })
  await shell.type('echo "<$WORD $(pwd) $(id -un) $TERM>"\n')
  await until(() => shell.text.includes('<wörd /var root xterm-256color>'), 'the line')
  equal(await sandbox.pty.kill(shell.handle.pid), true)
})

scenario('pty: connect, control characters and kill', async sandbox => {
  const shell = await terminal(sandbox)
  let seen = ''
  const second = await sandbox.pty.connect(shell.handle.pid, { onData: data => { seen += new TextDecoder().decode(data) } })
  // One process says that it is ready and sleeps: it is in the foreground by then.
  await shell.type('sh -c "echo re\'\'ady; exec sleep 4713"; echo int"errupted"\n')
  await until(() => seen.includes('ready'), 'the shell')
  await shell.type('\x03')
  await shell.type('echo after $?\n')
  await until(() => seen.includes('after 130'), 'the code of an interrupted command')
  equal(await sandbox.pty.kill(shell.handle.pid), true)
  await fails(CommandExitError, () => second.wait())
  equal(await sandbox.pty.kill(shell.handle.pid), false)
})

scenario('pty: input as a stream', async () => {
  throw new NotInThisVersion('no call for input as a stream')
})
