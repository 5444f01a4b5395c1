import * as e2b from 'e2b'
import { count, startCounter } from './counting.mjs'
import { apart, check, equal, fails, until, version, withSandbox, NotInThisVersion } from './kit.mjs'

const { Sandbox } = e2b
const out = async (sandbox, command) => (await sandbox.commands.run(command)).stdout
const bootId = sandbox => out(sandbox, 'cat /proc/sys/kernel/random/boot_id')
const state = async sandbox => (await sandbox.getInfo()).state
const pids = async sandbox => (await sandbox.commands.list()).map(process => process.pid)

async function ids(query) {
  const pages = Sandbox.list({ query })
  const rows = []
  while (pages.hasNext) rows.push(...await pages.nextItems())
  return rows.map(row => row.sandboxId)
}

apart('pause: processes, memory, files and a server inside go on', () =>
  withSandbox({ timeoutMs: 300_000, metadata: { kept: 'yes' }, envs: { OF_SANDBOX: 'kept' } }, async sandbox => {
    await startCounter(sandbox)
    await sandbox.files.write('note', 'kept')
    const before = [await bootId(sandbox), await pids(sandbox)]
    equal(await sandbox.pause(), true)
    equal([await sandbox.isRunning(), await state(sandbox), await sandbox.pause()], [false, 'paused', false])

    const again = await Sandbox.connect(sandbox.sandboxId, { timeoutMs: 60_000 })
    equal([again.sandboxId, await count(again), await again.files.read('note')], [sandbox.sandboxId, 2, 'kept'])
    // The handle from before goes on, with its token.
    equal([await bootId(sandbox), await pids(sandbox)], before)
    equal(await out(sandbox, 'echo $OF_SANDBOX'), 'kept\n')
    const info = await sandbox.getInfo()
    equal([info.state, info.name, info.metadata], ['running', 'base', { kept: 'yes' }])
    check(Math.abs(info.endAt - info.startedAt - 60_000) < 2000, info)
  }))

apart('pause: a command that waits is attached again', () => withSandbox({}, async sandbox => {
  const command = await sandbox.commands.run('read word; echo "got $word"', { background: true, stdin: true, timeoutMs: 0 })
  await sandbox.pause()
  await sandbox.connect()
  const again = await sandbox.commands.connect(command.pid)
  await sandbox.commands.sendStdin(command.pid, 'it\n')
  equal((await again.wait()).stdout, 'got it\n')
}))

apart('pause: by id, and betaPause', () => withSandbox({}, async sandbox => {
  equal([await Sandbox.betaPause(sandbox.sandboxId), await Sandbox.pause(sandbox.sandboxId)], [true, false])
  equal(await (await sandbox.connect()).isRunning(), true)
  await fails(e2b.SandboxNotFoundError, () => Sandbox.pause('iunknownsandbox00001'))
}))

async function bootsAnew(sandbox, pause, connect) {
  await sandbox.files.write('note', 'kept')
  await sandbox.commands.run('sleep 4715', { background: true, timeoutMs: 0 })
  const before = await bootId(sandbox)
  await pause()
  equal(await state(sandbox), 'paused')
  await connect()
  equal([await sandbox.files.read('note'), await pids(sandbox)], ['kept', []])
  check(await bootId(sandbox) !== before, before)
}

apart('pause: without memory, then it boots anew with its files', () => withSandbox({}, sandbox =>
  bootsAnew(sandbox, () => sandbox.pause({ keepMemory: false }), () => sandbox.connect())))

apart('pause: resume by a boot, though the memory was saved', () => withSandbox({}, sandbox => {
  if (version < '2.51') throw new NotInThisVersion('no option for how to resume')
  return bootsAnew(sandbox, () => sandbox.pause(), () => Sandbox.connect(sandbox.sandboxId, { onResume: 'reboot' }))
}))

apart('pause: only if all is well inside', async () => {
  throw new NotInThisVersion('no option for a strict pause')
})

const PAUSES = { timeoutMs: 1000, lifecycle: { onTimeout: 'pause', autoResume: true } }

apart('pause: at the end of its time, then woken by a command and by a request', () => withSandbox(PAUSES, async sandbox => {
  equal((await sandbox.getInfo()).lifecycle, { onTimeout: 'pause', autoResume: true })
  await until(async () => await state(sandbox) === 'paused', 'the pause')
  await startCounter(sandbox)
  const info = await sandbox.getInfo()
  equal(info.state, 'running')
  check(Math.abs(info.endAt - info.startedAt - 300_000) < 2000, info)
  equal(await sandbox.pause(), true)
  equal([await count(sandbox), await state(sandbox)], [2, 'running'])
}))

const PAUSES_FILES = { timeoutMs: 1000, lifecycle: { onTimeout: { action: 'pause', keepMemory: false } } }

apart('pause: without memory at the end of its time, and traffic does not wake it', () => withSandbox(PAUSES_FILES, async sandbox => {
  const before = await bootId(sandbox)
  equal((await sandbox.getInfo()).lifecycle, { onTimeout: 'pause', autoResume: false })
  await until(async () => await state(sandbox) === 'paused', 'the pause')
  await fails(e2b.SandboxNotFoundError, () => sandbox.commands.run('true'))
  equal([await sandbox.isRunning(), await state(sandbox)], [false, 'paused'])
  await sandbox.connect({ timeoutMs: 60_000 })
  check(await bootId(sandbox) !== before, before)
}))

apart('pause: list by state, and kill of a paused one', async () => {
  const metadata = { group: `paused ${process.pid} ${Math.random()}` }
  await withSandbox({ metadata }, other => withSandbox({ metadata }, async sandbox => {
    await sandbox.pause()
    equal(await ids({ metadata }), [sandbox.sandboxId, other.sandboxId])
    equal([await ids({ metadata, state: ['paused'] }), await ids({ metadata, state: ['running'] })], [[sandbox.sandboxId], [other.sandboxId]])
    equal((await other.getInfo()).lifecycle, { onTimeout: 'kill', autoResume: false })
    await fails(e2b.SandboxNotFoundError, () => sandbox.setTimeout(60_000))
    equal([await sandbox.kill(), await sandbox.kill(), await ids({ metadata })], [true, false, [other.sandboxId]])
    await fails(e2b.SandboxNotFoundError, () => sandbox.connect())
  }))
})
