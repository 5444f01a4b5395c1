// Runs the scenarios against the installed version of the npm package `e2b` and prints one line of JSON for each.
// `node runner.mjs WORD` runs those whose name contains WORD.
import { scenarios, closeShared, NotInThisVersion } from './kit.mjs'
import './commands.mjs'
import './pty.mjs'
import './files.mjs'
import './watching.mjs'
import './lifecycle.mjs'
import './pausing.mjs'
import './copies.mjs'
import './tls.mjs'
import './metrics.mjs'
import './git.mjs'
import './ends.mjs'

const DEADLINE_MS = 60_000
const only = process.argv[2] ?? ''

// A handle that nobody waits for any more must not end the program when its sandbox is killed.
process.on('unhandledRejection', () => {})

async function outcome(run) {
  let timer
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`not done after ${DEADLINE_MS} ms`)), DEADLINE_MS) })
  try {
    await Promise.race([run(), late])
    return { state: 'WORKS', why: '' }
  } catch (e) {
    if (e instanceof NotInThisVersion) return { state: 'ABSENT', why: e.message }
    return { state: 'FAILS', why: e?.stack ?? String(e) }
  } finally {
    clearTimeout(timer)
  }
}

for (const { name, run } of scenarios.filter(s => s.name.includes(only))) {
  const started = Date.now()
  const result = await outcome(run)
  console.log(JSON.stringify({ scenario: name, ...result, milliseconds: Date.now() - started }))
}
await closeShared()
process.exit(0)
