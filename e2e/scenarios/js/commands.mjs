import { CommandExitError, InvalidArgumentError, TimeoutError } from 'e2b'
import { scenario, check, equal, fails, until, NotInThisVersion } from './kit.mjs'

scenario('commands: output, errors and exit code', async sandbox => {
  const good = await sandbox.commands.run('echo out; echo err >&2')
  equal([good.stdout, good.stderr, good.exitCode], ['out\n', 'err\n', 0])
  const bad = await fails(CommandExitError, () => sandbox.commands.run('echo half; echo why >&2; exit 3'))
  equal([bad.stdout, bad.stderr, bad.exitCode], ['half\n', 'why\n', 3])
})

scenario('commands: variables, folder and user', async sandbox => {
  const run = async (command, options) => (await sandbox.commands.run(command, options)).stdout
  equal(await run('echo "$A"; echo $HOME; pwd; id -un', { envs: { A: 'ä "b" $c' } }), 'ä "b" $c\n/home/user\n/home/user\nuser\n')
  equal(await run('id -un; pwd', { user: 'root', cwd: '/tmp' }), 'root\n/tmp\n')
  equal(await run('echo $E2B_SANDBOX_ID'), sandbox.sandboxId + '\n')
})

scenario('commands: a folder that is not there is an invalid argument', async sandbox => {
  await fails(InvalidArgumentError, () => sandbox.commands.run('pwd', { cwd: '/nowhere' }))
})

scenario('commands: a timeout ends the command', async sandbox => {
  await fails(TimeoutError, () => sandbox.commands.run('sleep 4711', { timeoutMs: 700 }))
  await until(async () => (await sandbox.commands.list()).every(p => !p.args.join(' ').includes('sleep 4711')), 'the end of sleep')
})

scenario('commands: output comes while the command runs', async sandbox => {
  const seen = []
  const command = sandbox.commands.run('echo first; until [ -e /tmp/go-on ]; do sleep 0.05; done; echo second >&2', {
    onStdout: data => { seen.push('out ' + data) }, onStderr: data => { seen.push('err ' + data) } })
  await until(() => seen.length === 1, 'the first line')
  await sandbox.files.write('/tmp/go-on', '')
  await command
  equal(seen, ['out first\n', 'err second\n'])
  await sandbox.files.remove('/tmp/go-on')
})

scenario('commands: 20 MB of output arrive whole', async sandbox => {
  const result = await sandbox.commands.run('head -c 20000000 /dev/zero | tr "\\0" x; echo; echo end')
  equal([result.stdout.length, result.stdout.slice(-6)], [20_000_005, 'x\nend\n'])
})

scenario('commands: characters cut in two arrive whole', async sandbox => {
  const result = await sandbox.commands.run("printf '\\303'; sleep 0.2; printf '\\244 \\360\\237'; sleep 0.2; printf '\\230\\200\\n'")
  equal(result.stdout, 'ä 😀\n')
})

scenario('commands: background, list, wait and kill', async sandbox => {
  const quick = await sandbox.commands.run('sleep 0.1; echo done; exit 5', { background: true })
  equal((await fails(CommandExitError, () => quick.wait())).exitCode, 5)
  equal([quick.stdout, quick.exitCode], ['done\n', 5])
  const slow = await sandbox.commands.run('sleep 4712', { background: true, timeoutMs: 0, envs: { MARK: 'm' }, cwd: '/tmp' })
  const row = (await sandbox.commands.list()).find(p => p.pid === slow.pid)
  equal([row.cmd, row.args.at(-1), row.envs.MARK, row.cwd], ['/bin/bash', 'sleep 4712', 'm', '/tmp'])
  equal(await slow.kill(), true)
  check((await fails(CommandExitError, () => slow.wait())).exitCode !== 0, slow)
  equal(await sandbox.commands.kill(slow.pid), false)
  check((await sandbox.commands.list()).every(p => p.pid !== slow.pid), 'still listed')
})

scenario('commands: connect to a running one, leave it running', async sandbox => {
  const first = await sandbox.commands.run('cat; exit 4', { background: true, stdin: true, timeoutMs: 0 })
  let seen = ''
  const second = await sandbox.commands.connect(first.pid, { onStdout: data => { seen += data }, timeoutMs: 0 })
  await sandbox.commands.sendStdin(first.pid, 'ping\n')
  await until(() => seen === 'ping\n' && first.stdout === 'ping\n', 'both to see it')
  await first.disconnect()
  await sandbox.commands.sendStdin(first.pid, 'pong\n')
  await until(() => seen === 'ping\npong\n', 'the second line')
  await sandbox.commands.closeStdin(first.pid)
  equal((await fails(CommandExitError, () => second.wait())).exitCode, 4)
})

scenario('commands: standard input, also bytes, and its end', async sandbox => {
  const command = await sandbox.commands.run('wc -c; echo end', { background: true, stdin: true })
  await sandbox.commands.sendStdin(command.pid, 'grün')
  await command.sendStdin(new Uint8Array([0, 255, 10]))
  await command.closeStdin()
  equal((await command.wait()).stdout, '8\nend\n')
})

scenario('commands: input to a command that has ended fails', async sandbox => {
  const command = await sandbox.commands.run('true', { background: true, stdin: true })
  await command.wait()
  await fails(Error, () => sandbox.commands.sendStdin(command.pid, 'late'))
})

scenario('commands: input as a stream', async () => {
  throw new NotInThisVersion('no call for input as a stream')
})
