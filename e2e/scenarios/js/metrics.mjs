import { apart, check, equal, until, withSandbox } from './kit.mjs'

apart('metrics: samples within seconds, and of a time', () => withSandbox({}, async sandbox => {
  let samples = []
  await until(async () => (samples = await sandbox.getMetrics()).length > 0, 'a sample')
  const last = samples.at(-1)
  equal([last.cpuCount, last.memTotal], [2, 1 << 30])
  check(last.cpuUsedPct >= 0 && last.memUsed > 0 && last.memUsed < last.memTotal, last)
  check(last.diskUsed > 0 && last.diskTotal > last.diskUsed && last.memCache >= 0, last)
  check(Math.abs(last.timestamp - Date.now()) < 60_000, last)
  const ago = hours => new Date(Date.now() - hours * 3600_000)
  check((await sandbox.getMetrics({ start: ago(1) })).length > 0, 'none since an hour ago')
  equal(await sandbox.getMetrics({ start: ago(2), end: ago(1) }), [])
}))
