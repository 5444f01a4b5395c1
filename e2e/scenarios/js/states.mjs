import * as e2b from 'e2b'
import { apart, check, equal, fails, until, version, withSandbox, NotInThisVersion } from './kit.mjs'

const { Sandbox } = e2b
const BOOT = 'cat /proc/sys/kernel/random/boot_id'
const out = async (sandbox, command) => (await sandbox.commands.run(command)).stdout

/** Leaves a program behind that counts in its memory, and gives what it has come to when asked. */
async function count(sandbox) {
  await sandbox.files.write('count.py', `
import http.server
seen = []
class Count(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        seen.append(1)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(len(seen)).encode())
http.server.HTTPServer(("0.0.0.0", 8000), Count).serve_forever()
`)
  await sandbox.commands.run('python3 count.py', { background: true, timeoutMs: 0 })
  await until(async () => (await ask(sandbox)).status === 200, 'the program')
}

const ask = sandbox => fetch(process.env.E2B_SANDBOX_URL + '/', {
  headers: { 'E2b-Sandbox-Id': sandbox.sandboxId, 'E2b-Sandbox-Port': '8000' } })

async function asked(sandbox) {
  const answer = await ask(sandbox)
  equal(answer.status, 200)
  return Number(await answer.text())
}

const state = async sandbox => (await sandbox.getInfo()).state

apart('states: pause and connect keep what runs', async () => {
  const metadata = { of: `pause ${process.pid} ${Math.random()}` }
  await withSandbox({ timeoutMs: 300_000, metadata }, async sandbox => {
    await count(sandbox)
    const [before, boot, info] = [await asked(sandbox), await out(sandbox, BOOT), await sandbox.getInfo()]
    equal(await sandbox.pause(), true)
    equal([await sandbox.isRunning(), await state(sandbox)], [false, 'paused'])
    const rows = await Sandbox.list({ query: { metadata, state: ['paused'] } }).nextItems()
    equal(rows.map(row => row.sandboxId), [sandbox.sandboxId])
    equal(await sandbox.pause(), false)
    const again = await Sandbox.connect(sandbox.sandboxId, { timeoutMs: 120_000 })
    equal([again.sandboxId, await sandbox.isRunning()], [sandbox.sandboxId, true])
    equal(await asked(sandbox), before + 1)
    equal(await out(sandbox, BOOT), boot)
    const after = await sandbox.getInfo()
    check(after.startedAt > info.startedAt, after)
    check(Math.abs(after.endAt - after.startedAt - 120_000) < 2000, after)
    equal([after.metadata, after.name, after.templateId], [info.metadata, info.name, info.templateId])
  })
})

apart('states: an old name of pause, and a kill of what is paused', () => withSandbox({ timeoutMs: 300_000 }, async sandbox => {
  await sandbox.betaPause()
  equal(await state(sandbox), 'paused')
  equal(await Sandbox.kill(sandbox.sandboxId), true)
  await fails(e2b.SandboxNotFoundError, () => Sandbox.connect(sandbox.sandboxId))
  await fails(e2b.SandboxNotFoundError, () => Sandbox.pause(sandbox.sandboxId))
}))

apart('states: without memory the files stay and the next start is a boot', () => withSandbox({ timeoutMs: 300_000 }, async sandbox => {
  await count(sandbox)
  const boot = await out(sandbox, BOOT)
  await sandbox.files.write('kept', 'by the pause')
  equal(await sandbox.pause({ keepMemory: false }), true)
  await sandbox.connect({ timeoutMs: 120_000 })
  check(await out(sandbox, BOOT) !== boot, boot)
  equal(await sandbox.files.read('kept'), 'by the pause')
  equal((await ask(sandbox)).status, 502)
}))

apart('states: a resume may be a reboot', async () => {
  if (version < '2.51') throw new NotInThisVersion('no option for a reboot')
  await withSandbox({ timeoutMs: 300_000 }, async sandbox => {
    const boot = await out(sandbox, BOOT)
    await sandbox.files.write('kept', 'by the pause')
    await sandbox.pause()
    await sandbox.connect({ onResume: 'reboot' })
    check(await out(sandbox, BOOT) !== boot, boot)
    equal(await sandbox.files.read('kept'), 'by the pause')
  })
})

apart('states: paused when its time is up, and back by a request', () =>
  withSandbox({ timeoutMs: 5000, lifecycle: { onTimeout: 'pause', autoResume: true } }, async sandbox => {
    equal((await sandbox.getInfo()).lifecycle, { onTimeout: 'pause', autoResume: true })
    await sandbox.setTimeout(300_000)
    await count(sandbox)
    const before = await asked(sandbox)
    await sandbox.setTimeout(1000)
    await until(async () => await state(sandbox) === 'paused', 'the pause')
    equal(await asked(sandbox), before + 1)
    equal(await state(sandbox), 'running')
    await sandbox.pause()
    equal(await out(sandbox, 'echo awake'), 'awake\n')
    const info = await sandbox.getInfo()
    check(Math.abs(info.endAt - info.startedAt - 300_000) < 2000, info)
  }))

apart('states: what is paused without auto-resume stays paused', () =>
  withSandbox({ timeoutMs: 2000, lifecycle: { onTimeout: 'pause' } }, async sandbox => {
    await until(async () => !(await sandbox.isRunning()), 'the pause')
    equal((await ask(sandbox)).status, 502)
    equal(await state(sandbox), 'paused')
  }))
