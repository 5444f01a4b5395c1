import { appendFileSync } from 'node:fs'
import https from 'node:https'
import * as e2b from 'e2b'
import { apart, check, equal, until, withSandbox } from './kit.mjs'

const { Sandbox } = e2b

/** Names below the server's domain lead to this machine. Not every resolver knows that, so they go into the file of hosts. */
const resolve = (...hosts) => hosts.forEach(host => appendFileSync('/etc/hosts', `127.0.0.1 ${host.split(':')[0]}\n`))

/** What a program does that knows the domain only: no addresses, TLS for everything. */
async function byDomain(domain, run) {
  const kept = { ...process.env }
  delete process.env.E2B_API_URL
  delete process.env.E2B_SANDBOX_URL
  process.env.E2B_DOMAIN = domain
  try {
    await run()
  } finally {
    delete process.env.E2B_DOMAIN
    Object.assign(process.env, kept)
  }
}

// Answers the handshake of an upgrade and then sends back what comes.
const ECHO = `
import socketserver
class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        while self.rfile.readline().strip():
            pass
        self.wfile.write(b'HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: echo\\r\\nConnection: Upgrade\\r\\n\\r\\n')
        while data := self.connection.recv(4096):
            self.connection.sendall(data.upper())
socketserver.ThreadingTCPServer(('127.0.0.1', 8002), Echo).serve_forever()
`

apart('TLS: getHost() leads to a server inside', () => withSandbox({}, async sandbox => {
  const host = sandbox.getHost(8000)
  const closed = sandbox.getHost(8123)
  resolve(host, closed)
  await sandbox.files.write('page', 'over TLS')
  await sandbox.commands.run('python3 -m http.server 8000 --bind 127.0.0.1', { background: true, timeoutMs: 0 })
  await until(async () => (await fetch(`https://${host}/page`)).status === 200, 'the server')
  equal(await (await fetch(`https://${host}/page`)).text(), 'over TLS')
  const page = await fetch(`https://${closed}/`)
  equal([page.status, (await page.json()).port], [502, 8123])
}))

apart('TLS: an upgraded connection to a server inside', () => withSandbox({}, async sandbox => {
  const host = sandbox.getHost(8002)
  resolve(host)
  await sandbox.files.write('echo.py', ECHO)
  await sandbox.commands.run('python3 echo.py', { background: true, timeoutMs: 0 })
  await sandbox.commands.run('for i in $(seq 100); do (: < /dev/tcp/127.0.0.1/8002) 2>/dev/null && break; sleep 0.05; done')
  const answer = await new Promise((resume, fail) => {
    const request = https.get(`https://${host}/`, { headers: { Connection: 'Upgrade', Upgrade: 'echo' } })
    request.on('error', fail)
    request.on('response', response => fail(new Error('no upgrade but ' + response.statusCode)))
    request.on('upgrade', (_, socket) => {
      socket.once('data', data => { resume(data.toString()); socket.destroy() })
      socket.write('hello')
    })
  })
  equal(answer, 'HELLO')
}))

apart('TLS: all calls by the domain alone', () => withSandbox({}, first => byDomain(first.sandboxDomain, async () => {
  resolve('api.' + first.sandboxDomain)
  await withSandbox({ metadata: { by: 'domain' } }, async sandbox => {
    resolve(sandbox.getHost(49983))
    equal((await sandbox.commands.run('echo $((6 * 7))')).stdout, '42\n')
    const data = new Uint8Array(5_000_000).fill(9)
    await sandbox.files.write('bytes', data.buffer)
    equal((await sandbox.files.read('bytes', { format: 'bytes' })).length, data.length)
    equal((await sandbox.files.list('.')).some(e => e.name === 'bytes'), true)
    const events = []
    const watching = await sandbox.files.watchDir('.', e => { events.push(e.name) })
    const many = await Promise.all(Array.from({ length: 30 }, (_, i) => sandbox.commands.run(`echo ${i}`)))
    equal(many.map(r => r.stdout), many.map((_, i) => `${i}\n`))
    await sandbox.files.write('seen', '')
    await until(() => events.includes('seen'), 'the event')
    await watching.stop()
    const link = await sandbox.downloadUrl('bytes')
    check(link.startsWith('https://49983-' + sandbox.sandboxId), link)
    equal((await fetch(link)).status, 200)
    equal((await sandbox.getInfo()).metadata.by, 'domain')
  })
})))
