import * as e2b from 'e2b'
import { apart, scenario, check, equal, fails, until, version, withSandbox, NotInThisVersion } from './kit.mjs'

const { Sandbox } = e2b
const WRONG_KEY = 'e2b_' + '0'.repeat(40)
const mark = what => `${what} ${process.pid} ${Math.random()}`

async function all(options) {
  const pages = Sandbox.list(options)
  const rows = []
  while (pages.hasNext) rows.push(await pages.nextItems())
  return rows
}

apart('lifecycle: create with timeout, metadata and variables', () =>
  withSandbox({ timeoutMs: 90_000, metadata: { 'job ä': 'a b&c=%25' }, envs: { OF_SANDBOX: 'all commands' } }, async sandbox => {
    const info = await sandbox.getInfo()
    equal([info.sandboxId, info.name, info.state, info.metadata], [sandbox.sandboxId, 'base', 'running', { 'job ä': 'a b&c=%25' }])
    check(info.cpuCount > 0 && info.memoryMB > 0 && /^\d+\.\d+\.\d+$/.test(info.envdVersion), info)
    check(Math.abs(info.endAt - info.startedAt - 90_000) < 2000, info)
    equal((await sandbox.commands.run('echo $OF_SANDBOX')).stdout, 'all commands\n')
    equal((await sandbox.commands.run('echo $OF_SANDBOX', { envs: { OF_SANDBOX: 'this' } })).stdout, 'this\n')
  }))

const statusOfFile = (sandbox, headers = {}) => fetch(process.env.E2B_SANDBOX_URL + '/files?path=/etc/hostname', {
  headers: { 'E2b-Sandbox-Id': sandbox.sandboxId, 'E2b-Sandbox-Port': '49983', ...headers } }).then(r => r.status)

apart('lifecycle: a sandbox is secured', () => withSandbox({}, async sandbox => {
  equal(await statusOfFile(sandbox), 401)
  equal(await statusOfFile(sandbox, { 'X-Access-Token': '0'.repeat(64) }), 401)
  check((await sandbox.downloadUrl('x')).includes('signature='), 'no signature')
}))

apart('lifecycle: an open sandbox', () => withSandbox({ secure: false }, async sandbox => {
  if (version >= '2.51') throw new NotInThisVersion('every sandbox is secured')
  equal(await statusOfFile(sandbox), 200)
  check(!(await sandbox.downloadUrl('x')).includes('signature='), 'a signature')
  await fails(e2b.InvalidArgumentError, () => sandbox.downloadUrl('x', { useSignatureExpiration: 10 }))
}))

apart('lifecycle: list by metadata, state, template and start', async () => {
  const [group, before] = [mark('group'), new Date()]
  await withSandbox({ metadata: { group, kind: 'a' } }, one => withSandbox({ metadata: { group, kind: 'b=&ü' } }, async two => {
    const ids = async query => (await all({ query })).flat().map(r => r.sandboxId)
    equal(await ids({ metadata: { group } }), [two.sandboxId, one.sandboxId])
    equal(await ids({ metadata: { group, kind: 'b=&ü' } }), [two.sandboxId])
    equal(await ids({ metadata: { group, kind: 'c' } }), [])
    equal(await ids({ metadata: { group }, state: ['running'] }), [two.sandboxId, one.sandboxId])
    equal(await ids({ metadata: { group }, state: ['paused'] }), [])
    equal(await ids({ metadata: { group }, template: 'base' }), [two.sandboxId, one.sandboxId])
    equal(await ids({ metadata: { group }, startedAfter: new Date(before.getTime() - 5000) }), [two.sandboxId, one.sandboxId])
    equal(await ids({ metadata: { group }, startedAfter: new Date(Date.now() + 60_000) }), [])
    const ascending = (await all({ query: { metadata: { group } }, order: 'asc' })).flat().map(r => r.sandboxId)
    equal(ascending, [one.sandboxId, two.sandboxId])
  }))
})

apart('lifecycle: list page by page', async () => {
  const group = mark('pages')
  const made = await Promise.all([1, 2, 3, 4, 5].map(() => Sandbox.create({ metadata: { group } })))
  const pages = await all({ query: { metadata: { group } }, limit: 2 })
  equal(pages.map(page => page.length), [2, 2, 1])
  equal(new Set(pages.flat().map(row => row.sandboxId)).size, 5)
  equal(await Promise.all(made.map(sandbox => sandbox.kill())), [true, true, true, true, true])
  equal((await all({ query: { metadata: { group } }, limit: 2 })).flat(), [])
})

apart('lifecycle: connect gives the same sandbox and only extends', () => withSandbox({ timeoutMs: 300_000 }, async sandbox => {
  await sandbox.files.write('note', 'same')
  const end = (await sandbox.getInfo()).endAt.getTime()
  const again = await Sandbox.connect(sandbox.sandboxId, { timeoutMs: 10_000 })
  equal(await again.files.read('note'), 'same')
  equal((await again.getInfo()).endAt.getTime(), end)
  await again.connect({ timeoutMs: 900_000 })
  check((await sandbox.getInfo()).endAt.getTime() > end + 500_000, 'not extended')
}))

apart('lifecycle: a new timeout may be longer or shorter', () => withSandbox({ timeoutMs: 100_000 }, async sandbox => {
  const left = async () => (await sandbox.getInfo()).endAt - Date.now()
  await sandbox.setTimeout(500_000)
  check(Math.abs(await left() - 500_000) < 5000, await left())
  await Sandbox.setTimeout(sandbox.sandboxId, 30_000)
  check(Math.abs(await left() - 30_000) < 5000, await left())
}))

apart('lifecycle: a sandbox ends when its time is up', () => withSandbox({ timeoutMs: 2000 }, async sandbox => {
  equal(await sandbox.isRunning(), true)
  await until(async () => !(await sandbox.isRunning()), 'the end')
  await fails(e2b.SandboxNotFoundError, () => Sandbox.getInfo(sandbox.sandboxId))
}))

apart('lifecycle: kill, and again', async () => {
  const sandbox = await Sandbox.create()
  equal(await sandbox.isRunning(), true)
  equal(await sandbox.kill(), true)
  equal([await sandbox.kill(), await Sandbox.kill(sandbox.sandboxId), await sandbox.isRunning()], [false, false, false])
})

apart('lifecycle: an unknown sandbox is not found', async () => {
  const id = 'iunknownsandbox00001'
  const kind = e2b.SandboxNotFoundError
  await fails(kind, () => Sandbox.connect(id))
  await fails(kind, () => Sandbox.getInfo(id))
  await fails(kind, () => Sandbox.setTimeout(id, 1000))
  equal(await Sandbox.kill(id), false)
})

apart('lifecycle: an unknown template is an error that names it', async () => {
  const error = await fails(e2b.SandboxError, () => Sandbox.create('no-such-template'))
  check(error.message.includes('no-such-template'), error)
})

apart('lifecycle: a wrong key is an authentication error', async () => {
  await fails(e2b.AuthenticationError, () => Sandbox.create({ apiKey: WRONG_KEY }))
  await fails(e2b.AuthenticationError, () => Sandbox.list({ apiKey: WRONG_KEY }).nextItems())
  await fails(e2b.AuthenticationError, () => Sandbox.kill('iunknownsandbox00001', { apiKey: WRONG_KEY }))
})

apart('lifecycle: a create repeated with its key makes one sandbox', async () => {
  throw new NotInThisVersion('no option for a key of repeats')
})

apart('lifecycle: an impossible timeout is refused', async () => {
  await fails(e2b.SandboxError, () => Sandbox.create({ timeoutMs: 1000 * 3600 * 1000 }))
})

scenario('ports: a server inside answers on its port', async sandbox => {
  await sandbox.commands.run('mkdir -p site && echo "from inside" > site/page.html')
  await sandbox.commands.run('python3 -m http.server 8000 --bind 127.0.0.1 --directory site', { background: true, timeoutMs: 0 })
  const get = (path, port = '8000') => fetch(process.env.E2B_SANDBOX_URL + path, { headers: { 'E2b-Sandbox-Id': sandbox.sandboxId, 'E2b-Sandbox-Port': port } })
  await until(async () => (await get('/page.html')).status === 200, 'the server')
  equal(await (await get('/page.html')).text(), 'from inside\n')
  equal((await get('/missing')).status, 404)
  const closed = await get('/', '8123')
  equal([closed.status, (await closed.json()).port], [502, 8123])
})
