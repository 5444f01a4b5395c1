import * as e2b from 'e2b'
import { scenario, check, equal, fails } from './kit.mjs'

const author = { authorName: 'Ada Ä', authorEmail: 'ada@example.org' }

/** A repository with one commit of the file `first`. */
async function repository(sandbox, path) {
  await sandbox.git.init(path, { initialBranch: 'main' })
  await sandbox.files.write(path + '/first', 'one\n')
  await sandbox.git.add(path)
  await sandbox.git.commit(path, 'the first one', author)
  return path
}

const shell = async (sandbox, command) => (await sandbox.commands.run(command)).stdout

scenario('git: init, add, commit and status', async sandbox => {
  const path = await repository(sandbox, '/home/user/repo')
  equal(await shell(sandbox, `git -C ${path} log --format='%an|%ae|%s'`), 'Ada Ä|ada@example.org|the first one\n')
  const clean = await sandbox.git.status(path)
  equal([clean.currentBranch, clean.isClean, clean.totalCount], ['main', true, 0])
  await sandbox.files.write(path + '/first', 'two\n')
  await sandbox.files.write(path + '/other', '')
  await sandbox.git.add(path, { files: ['first'] })
  const status = await sandbox.git.status(path)
  equal([status.stagedCount, status.untrackedCount, status.hasChanges], [1, 1, true])
  equal(status.fileStatus.map(f => [f.name, f.status, f.staged]).sort(), [['first', 'modified', true], ['other', 'untracked', false]])
  await sandbox.git.commit(path, 'nothing new', { ...author, allowEmpty: true })
  await fails(Error, () => sandbox.git.status('/home/user/no-repo'))
})

scenario('git: branches', async sandbox => {
  const path = await repository(sandbox, '/home/user/branches')
  await sandbox.git.createBranch(path, 'topic/a')
  equal((await sandbox.git.branches(path)).currentBranch, 'topic/a')
  await sandbox.git.checkoutBranch(path, 'main')
  const { branches, currentBranch } = await sandbox.git.branches(path)
  equal([branches.sort(), currentBranch], [['main', 'topic/a'], 'main'])
  await sandbox.git.deleteBranch(path, 'topic/a', { force: true })
  equal((await sandbox.git.branches(path)).branches, ['main'])
})

scenario('git: reset and restore', async sandbox => {
  const path = await repository(sandbox, '/home/user/undo')
  await sandbox.files.write(path + '/first', 'changed\n')
  await sandbox.git.restore(path, { paths: ['first'] })
  equal(await sandbox.files.read(path + '/first'), 'one\n')
  await sandbox.files.write(path + '/first', 'changed\n')
  await sandbox.git.add(path)
  await sandbox.git.reset(path, { paths: ['first'] })
  equal((await sandbox.git.status(path)).stagedCount, 0)
  await sandbox.git.reset(path, { mode: 'hard', target: 'HEAD' })
  equal((await sandbox.git.status(path)).isClean, true)
})

scenario('git: remotes, push, clone and pull', async sandbox => {
  const bare = '/home/user/remote.git'
  await sandbox.git.init(bare, { bare: true, initialBranch: 'main' })
  const path = await repository(sandbox, '/home/user/local')
  await sandbox.git.remoteAdd(path, 'origin', bare)
  equal([await sandbox.git.remoteGet(path, 'origin'), await sandbox.git.remoteGet(path, 'other')], [bare, undefined])
  await sandbox.git.push(path, { remote: 'origin', branch: 'main', setUpstream: true })
  await sandbox.git.clone('file://' + bare, { path: '/home/user/copy', branch: 'main', depth: 1 })
  equal(await sandbox.files.read('/home/user/copy/first'), 'one\n')
  await sandbox.files.write(path + '/second', '')
  await sandbox.git.add(path)
  await sandbox.git.commit(path, 'the second one', author)
  await sandbox.git.push(path)
  equal((await sandbox.git.status(path)).ahead, 0)
  await sandbox.git.pull('/home/user/copy')
  equal(await sandbox.files.exists('/home/user/copy/second'), true)
})

scenario('git: clone from a server inside', async sandbox => {
  await repository(sandbox, '/home/user/served/project')
  const server = await sandbox.commands.run('git daemon --reuseaddr --export-all --listen=127.0.0.1 --base-path=/home/user/served', { background: true, timeoutMs: 0 })
  await sandbox.commands.run('for i in $(seq 100); do (: < /dev/tcp/127.0.0.1/9418) 2>/dev/null && break; sleep 0.05; done')
  await sandbox.git.clone('git://127.0.0.1/project', { path: '/home/user/from-server' })
  equal(await sandbox.files.read('/home/user/from-server/first'), 'one\n')
  await server.kill()
})

scenario('git: configuration and user', async sandbox => {
  const path = await repository(sandbox, '/home/user/configured')
  await sandbox.git.configureUser('Grace', 'grace@example.org')
  equal([await sandbox.git.getConfig('user.name'), await sandbox.git.getConfig('user.email')], ['Grace', 'grace@example.org'])
  await sandbox.git.setConfig('pull.rebase', 'true', { scope: 'local', path })
  equal(await sandbox.git.getConfig('pull.rebase', { scope: 'local', path }), 'true')
  equal(await sandbox.git.getConfig('no.such'), undefined)
  await sandbox.git.commit(path, 'by Grace', { allowEmpty: true })
  equal(await shell(sandbox, `git -C ${path} log -1 --format=%an`), 'Grace\n')
})

scenario('git: credentials, and what is said without them', async sandbox => {
  await sandbox.git.dangerouslyAuthenticate({ username: 'ada', password: 'pass word', host: 'git.example.org' })
  check((await sandbox.files.read('.git-credentials')).includes('git.example.org'), 'no credentials')
  await sandbox.files.write('refuse.py', `
from http.server import *
class Refuse(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(401)
        self.send_header('WWW-Authenticate', 'Basic realm="git"')
        self.end_headers()
HTTPServer(('127.0.0.1', 8401), Refuse).serve_forever()
`)
  const server = await sandbox.commands.run('python3 refuse.py', { background: true, timeoutMs: 0 })
  await sandbox.commands.run('for i in $(seq 100); do (: < /dev/tcp/127.0.0.1/8401) 2>/dev/null && break; sleep 0.05; done')
  await fails(e2b.GitAuthError, () => sandbox.git.clone('http://127.0.0.1:8401/x.git', { path: '/home/user/refused' }))
  await server.kill()
  const path = await repository(sandbox, '/home/user/alone')
  await sandbox.git.remoteAdd(path, 'origin', '/home/user/nowhere.git')
  await fails(e2b.GitUpstreamError, () => sandbox.git.pull(path))
})
