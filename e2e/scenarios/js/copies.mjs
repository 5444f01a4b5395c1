import * as e2b from 'e2b'
import { count, startCounter } from './counting.mjs'
import { apart, check, equal, fails, withSandbox, NotInThisVersion } from './kit.mjs'

const { Sandbox } = e2b

async function all(pages) {
  const rows = []
  while (pages.hasNext) rows.push(...await pages.nextItems())
  return rows.map(row => row.snapshotId)
}

/** Gives the sandboxes to `use` and removes them afterwards. */
async function using(sandboxes, use) {
  try {
    return await use(...sandboxes)
  } finally {
    await Promise.all(sandboxes.map(sandbox => sandbox.kill?.()))
  }
}

apart('snapshots: take, list, start from them, delete', () => withSandbox({}, async sandbox => {
  await startCounter(sandbox)
  await sandbox.files.write('note', 'taken')
  const name = `state-${process.pid}-${Math.floor(Math.random() * 1e9)}`
  const first = await Sandbox.createSnapshot(sandbox.sandboxId)
  const named = await sandbox.createSnapshot({ name })
  check(first.names.length === 0 && named.names[0].endsWith('/' + name) && named.snapshotId === named.names[0] + ':default', named)
  equal(await all(sandbox.listSnapshots({ limit: 1 })), [named.snapshotId, first.snapshotId])
  equal([await all(Sandbox.listSnapshots({ name })), await all(Sandbox.listSnapshots({ name: 'no-such' }))], [[named.snapshotId], []])
  // It went on, and what is done now is not in the snapshots.
  equal(await count(sandbox), 2)
  await sandbox.files.write('note', 'later')
  await using([await Sandbox.create(named.snapshotId)], async made => {
    check(made.sandboxId !== sandbox.sandboxId, made.sandboxId)
    equal([await count(made), await count(made), await made.files.read('note')], [2, 3, 'taken'])
    await fails(e2b.SandboxError, () => Sandbox.deleteSnapshot(named.snapshotId))
  })
  equal([await count(sandbox), await sandbox.files.read('note')], [3, 'later'])
  equal([await Sandbox.deleteSnapshot(named.snapshotId), await Sandbox.deleteSnapshot(named.snapshotId)], [true, false])
  await fails(e2b.SandboxError, () => Sandbox.create(named.snapshotId))
  equal([await all(sandbox.listSnapshots()), await Sandbox.deleteSnapshot(first.snapshotId)], [[first.snapshotId], true])
}))

apart('snapshots: without memory', async () => {
  throw new NotInThisVersion('no option for a snapshot of files only')
})

apart('fork: children go on, each by itself', () => withSandbox({}, async sandbox => {
  await startCounter(sandbox)
  const end = (await sandbox.getInfo()).endAt.getTime()
  await using(await sandbox.fork({ count: 2, timeoutMs: 60_000 }), async (one, two) => {
    equal(new Set([sandbox, one, two].map(each => each.sandboxId)).size, 3)
    equal([await count(one), await count(one), await count(two), await count(sandbox)], [2, 3, 2, 2])
    await one.files.write('note', 'of one')
    equal([await two.files.exists('note'), await sandbox.files.exists('note')], [false, false])
    equal((await two.commands.run('echo $E2B_SANDBOX_ID')).stdout, two.sandboxId + '\n')
    const info = await one.getInfo()
    check(Math.abs(info.endAt - info.startedAt - 60_000) < 2000, info)
    equal((await sandbox.getInfo()).endAt.getTime(), end)
  })
  await using(await Sandbox.fork(sandbox.sandboxId), async one => equal(await count(one), 3))
  await sandbox.pause()
  await fails(e2b.SandboxError, () => sandbox.fork())
}))
