// What the scenarios have in common.
import { readFileSync } from 'node:fs'
import { Sandbox } from 'e2b'

/** Of the package `e2b`. */
export const { version } = JSON.parse(readFileSync('node_modules/e2b/package.json', 'utf8'))

export const scenarios = []

/** A scenario runs in a sandbox that others use too; what it makes has names of its own. */
export const scenario = (name, run) => scenarios.push({ name, run: async () => run(await shared()) })

/** A scenario that makes its own sandboxes. */
export const apart = (name, run) => scenarios.push({ name, run })

/** Says that this version of the package has no such call. */
export class NotInThisVersion extends Error {}

let sharedSandbox

function shared() {
  sharedSandbox ??= Sandbox.create({ timeoutMs: 900_000 })
  return sharedSandbox
}

export const closeShared = async () => sharedSandbox && (await sharedSandbox).kill()

/** Gives a sandbox to `use` and removes it afterwards. */
export async function withSandbox(options, use) {
  const sandbox = await Sandbox.create(options)
  try {
    return await use(sandbox)
  } finally {
    await sandbox.kill()
  }
}

export function check(good, seen) {
  if (!good) throw new Error('unexpected: ' + (seen?.stack ?? JSON.stringify(seen)))
}

export function equal(seen, wanted) {
  const [a, b] = [JSON.stringify(seen), JSON.stringify(wanted)]
  if (a !== b) throw new Error(`expected ${b}, saw ${a}`)
}

/** The error that `run` fails with, which must be of the class `kind`. */
export async function fails(kind, run) {
  try {
    await run()
  } catch (e) {
    if (e instanceof kind) return e
    throw new Error(`expected ${kind.name}, saw ${e?.constructor?.name}: ${e?.stack}`)
  }
  throw new Error(`expected ${kind.name}, but it succeeded`)
}

export async function until(condition, what = condition) {
  const end = Date.now() + 15_000
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('waited in vain for ' + what)
    await new Promise(resume => setTimeout(resume, 20))
  }
}
