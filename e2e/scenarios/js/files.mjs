import { createHash } from 'node:crypto'
import * as e2b from 'e2b'
import { scenario, apart, check, equal, fails, withSandbox } from './kit.mjs'

const noise = size => { const data = new Uint8Array(size); for (let i = 0; i < size; i++) data[i] = (i * 2654435761) >>> 13; return data }

scenario('files: text', async sandbox => {
  const info = await sandbox.files.write('texts/ä ö.txt', 'Grüße\n')
  equal([info.name, info.path, info.type], ['ä ö.txt', '/home/user/texts/ä ö.txt', 'file'])
  equal(await sandbox.files.read('texts/ä ö.txt'), 'Grüße\n')
  await sandbox.files.write('texts/ä ö.txt', 'short')
  equal(await sandbox.files.read('/home/user/texts/ä ö.txt'), 'short')
  await sandbox.files.write('texts/empty', '')
  equal(await sandbox.files.read('texts/empty'), '')
})

scenario('files: bytes and streams, both ways', async sandbox => {
  const data = noise(300_000)
  await sandbox.files.write('bytes', data.buffer)
  check(Buffer.from(await sandbox.files.read('bytes', { format: 'bytes' })).equals(Buffer.from(data)), 'bytes')
  await sandbox.files.write('blob', new Blob([data]))
  check(Buffer.from(await (await sandbox.files.read('blob', { format: 'blob' })).arrayBuffer()).equals(Buffer.from(data)), 'blob')
  await sandbox.files.write('stream', new Blob([data]).stream())
  const parts = []
  for await (const part of await sandbox.files.read('stream', { format: 'stream' })) parts.push(part)
  check(Buffer.concat(parts).equals(Buffer.from(data)), 'stream')
})

scenario('files: many in one call', async sandbox => {
  const many = Array.from({ length: 60 }, (_, i) => ({ path: `many/${i % 3}/file ${i}`, data: i % 2 ? `text ${i}` : new Blob([`text ${i}`]) }))
  const infos = await sandbox.files.write(many)
  equal(infos.map(i => i.path), many.map(f => '/home/user/' + f.path))
  equal(await sandbox.files.read('many/1/file 58'.replace('1', String(58 % 3))), 'text 58')
  equal(await sandbox.files.writeFiles([{ path: 'many/last', data: 'x' }]).then(i => i.length), 1)
})

scenario('files: octet-stream uploads', async sandbox => {
  await sandbox.files.write('octets', 'as they are', { useOctetStream: true })
  equal(await sandbox.files.read('octets'), 'as they are')
})

scenario('files: packed with gzip, both ways', async sandbox => {
  const long = 'again and again '.repeat(100_000)
  await sandbox.files.write('packed', long, { gzip: true, useOctetStream: true })
  equal(await sandbox.commands.run('stat -c %s packed').then(r => r.stdout.trim()), String(long.length))
  check(await sandbox.files.read('packed', { gzip: true }) === long, 'other text')
})

scenario('files: 128 MB in and out as streams', async sandbox => {
  const part = noise(1 << 20)
  let sent = 0
  const source = new ReadableStream({ pull(sink) { sent++ < 128 ? sink.enqueue(part) : sink.close() } })
  await sandbox.files.write('/tmp/large', source, { useOctetStream: true })
  let size = 0
  for await (const piece of await sandbox.files.read('/tmp/large', { format: 'stream' })) size += piece.length
  equal(size, 128 << 20)
  const hash = createHash('sha256')
  for (let i = 0; i < 128; i++) hash.update(part)
  equal((await sandbox.commands.run('sha256sum < /tmp/large; rm /tmp/large')).stdout.slice(0, 64), hash.digest('hex'))
})

scenario('files: metadata', async sandbox => {
  const info = await sandbox.files.write('labelled', 'x', { metadata: { origin: 'here', step: '2' } })
  const listed = (await sandbox.files.list('.')).find(e => e.name === 'labelled')
  for (const { metadata } of [info, listed, await sandbox.files.getInfo('labelled')]) {
    equal(Object.entries(metadata).sort(), [['origin', 'here'], ['step', '2']])
  }
})

scenario('files: list, also below', async sandbox => {
  await sandbox.commands.run('mkdir -p tree/a/b && echo x > tree/a/b/c && ln -s a tree/link')
  equal((await sandbox.files.list('tree')).map(e => [e.name, e.type]).sort(), [['a', 'dir'], ['link', 'dir']])
  equal((await sandbox.files.list('tree', { depth: 3 })).map(e => e.path).sort(), ['a', 'a/b', 'a/b/c', 'link'].map(p => '/home/user/tree/' + p))
  await fails(e2b.FileNotFoundError, () => sandbox.files.list('no-tree'))
  await fails(e2b.InvalidArgumentError, () => sandbox.files.list('tree', { depth: 0 }))
})

scenario('files: information', async sandbox => {
  await sandbox.commands.run('echo 12345 > known; chmod 640 known; ln -s known pointer')
  const info = await sandbox.files.getInfo('known')
  equal([info.name, info.type, info.path, info.size, info.mode & 0o777, info.permissions, info.owner, info.group],
    ['known', 'file', '/home/user/known', 6, 0o640, '-rw-r-----', 'user', 'user'])
  check(Math.abs(info.modifiedTime - Date.now()) < 60_000, info)
  equal((await sandbox.files.getInfo('pointer')).symlinkTarget, '/home/user/known')
  equal((await sandbox.files.getInfo('/tmp')).type, 'dir')
  await fails(e2b.FileNotFoundError, () => sandbox.files.getInfo('unknown'))
})

scenario('files: folders', async sandbox => {
  equal(await sandbox.files.makeDir('made/below/here'), true)
  equal(await sandbox.files.makeDir('made/below/here'), false)
  equal((await sandbox.files.getInfo('made/below')).type, 'dir')
  await sandbox.files.write('made/file', '')
  await fails(e2b.InvalidArgumentError, () => sandbox.files.makeDir('made/file'))
})

scenario('files: exists, rename and remove', async sandbox => {
  await sandbox.files.write('old name', 'kept')
  await sandbox.files.makeDir('new-place')
  const info = await sandbox.files.rename('old name', 'new-place/new name')
  equal(info.path, '/home/user/new-place/new name')
  equal([await sandbox.files.exists('old name'), await sandbox.files.exists('new-place/new name')], [false, true])
  equal(await sandbox.files.read('new-place/new name'), 'kept')
  await sandbox.files.remove('new-place')
  equal(await sandbox.files.exists('new-place'), false)
  await fails(e2b.FileNotFoundError, () => sandbox.files.rename('old name', 'elsewhere'))
})

scenario('files: what is not there, and what is no file', async sandbox => {
  await fails(e2b.FileNotFoundError, () => sandbox.files.read('missing'))
  await fails(e2b.InvalidArgumentError, () => sandbox.files.read('/home'))
  await fails(Error, () => sandbox.files.write('/home', 'x'))
})

scenario('files: as another user', async sandbox => {
  await sandbox.files.write('/root/secret', 'x', { user: 'root' })
  equal(await sandbox.files.read('/root/secret', { user: 'root' }), 'x')
  equal((await sandbox.files.getInfo('/root/secret', { user: 'root' })).owner, 'root')
  equal((await sandbox.files.write('relative', 'x', { user: 'root' })).path, '/root/relative')
})

apart('files: links to download and upload, and their end', () => withSandbox({ secure: true }, async sandbox => {
  await sandbox.files.write('shared ä.txt', 'over a link')
  const get = await fetch(await sandbox.downloadUrl('shared ä.txt', { useSignatureExpiration: 60_000 }))
  equal([get.status, await get.text()], [200, 'over a link'])
  equal(await fetch(await sandbox.downloadUrl('shared ä.txt')).then(r => r.status), 200)
  const form = new FormData()
  form.append('file', new Blob(['sent']), 'sent.txt')
  const post = await fetch(await sandbox.uploadUrl('sent.txt', { useSignatureExpiration: 60_000 }), { method: 'POST', body: form })
  equal(post.status, 200)
  equal(await sandbox.files.read('sent.txt'), 'sent')
  const other = (await sandbox.downloadUrl('shared ä.txt')).replace('shared', 'unshared')
  check([401, 403, 404, 502].includes((await fetch(other)).status), 'a link for another file')
  equal((await fetch(await sandbox.downloadUrl('shared ä.txt', { useSignatureExpiration: -1 }))).status, 401)
}))
