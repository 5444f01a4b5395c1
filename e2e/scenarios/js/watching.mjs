import * as e2b from 'e2b'
import { scenario, apart, check, equal, fails, until, withSandbox } from './kit.mjs'

scenario('watching: changes in a folder', async sandbox => {
  await sandbox.files.makeDir('watched/below')
  const events = []
  const handle = await sandbox.files.watchDir('watched', e => { events.push(e.type + ' ' + e.name) }, { timeoutMs: 0 })
  await sandbox.files.write('watched/new', 'x')
  await sandbox.files.write('watched/below/unseen', 'x')
  await sandbox.files.rename('watched/new', 'watched/newer')
  await sandbox.files.remove('watched/newer')
  await until(() => events.includes('remove newer'), 'the removal')
  equal(events.slice(0, 4), ['create new', 'chmod new', 'write new', 'rename new'])
  check(events.every(e => !e.includes('unseen')), events)
  await handle.stop()
})

scenario('watching: folders below, with what changed', async sandbox => {
  await sandbox.files.makeDir('deep/one')
  const events = []
  const handle = await sandbox.files.watchDir('deep', e => { events.push(e) }, { recursive: true, includeEntry: true })
  await sandbox.files.write('deep/one/file', 'abc')
  await sandbox.files.makeDir('deep/one/two')
  await until(() => events.some(e => e.name === 'one/two' && e.type === 'create'), 'the new folder')
  await sandbox.files.write('deep/one/two/file', 'abcd')
  await until(() => events.some(e => e.name === 'one/two/file' && e.type === 'write'), 'the file in it')
  const entry = events.find(e => e.name === 'one/file' && e.type === 'write').entry
  equal([entry.path, entry.size, entry.owner], ['/home/user/deep/one/file', 3, 'user'])
  await handle.stop()
})

scenario('watching: what is not there, and what is no folder', async sandbox => {
  await sandbox.files.write('plain', '')
  await fails(e2b.FileNotFoundError, () => sandbox.files.watchDir('no-folder', () => {}))
  await fails(e2b.SandboxError, () => sandbox.files.watchDir('plain', () => {}))
})

apart('watching: the end of the sandbox ends it with an error', () => withSandbox({}, async sandbox => {
  const ends = []
  await sandbox.files.watchDir('.', () => {}, { timeoutMs: 0, onExit: error => { ends.push(error) } })
  await sandbox.kill()
  await until(() => ends.length === 1, 'the end')
  check(ends[0] instanceof e2b.SandboxError, ends[0])
}))
