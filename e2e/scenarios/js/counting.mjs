// A server inside a sandbox whose state is in its memory only.
import { until } from './kit.mjs'

const PROGRAM = `
import http.server
count = 0

class Counter(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        global count
        count += 1
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"%d" % count)

    def log_message(self, *words):
        pass

http.server.HTTPServer(("127.0.0.1", 8000), Counter).serve_forever()
`

const ask = sandbox => fetch(process.env.E2B_SANDBOX_URL + '/', { headers: { 'E2b-Sandbox-Id': sandbox.sandboxId, 'E2b-Sandbox-Port': '8000' } })

/** Starts the server, which has been asked once when this returns. */
export async function startCounter(sandbox) {
  await sandbox.files.write('counter.py', PROGRAM)
  await sandbox.commands.run('python3 counter.py', { background: true, timeoutMs: 0 })
  await until(async () => (await ask(sandbox)).status === 200, 'the counter')
}

/** How often the server has been asked, this time included. */
export async function count(sandbox) {
  const answer = await ask(sandbox)
  if (answer.status !== 200) throw new Error(`the counter answers ${answer.status}: ${await answer.text()}`)
  return Number(await answer.text())
}
