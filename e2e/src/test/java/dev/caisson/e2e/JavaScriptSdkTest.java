package dev.caisson.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The official JavaScript SDK's calls that Caisson answers so far, each as a user's program would make them. */
@Tag("root")
class JavaScriptSdkTest {
    private static Caisson caisson;

    @BeforeAll
    static void up() {
        caisson = Caisson.up();
    }

    @AfterAll
    static void down() {
        caisson.close();
    }

    @Test
    void commandsGiveOutputExitCodeAndErrors() {
        runs("""
                const sandbox = await Sandbox.create()
                const hello = await sandbox.commands.run('echo hello; echo oops >&2', { envs: { A: '1' } })
                check(hello.stdout === 'hello\\n' && hello.stderr === 'oops\\n' && hello.exitCode === 0, hello)
                const env = await sandbox.commands.run('echo $A $HOME $PWD; id -un', { envs: { A: 'x' } })
                check(env.stdout === 'x /home/user /home/user\\nuser\\n', env)
                const root = await sandbox.commands.run('id -un', { user: 'root', cwd: '/tmp' })
                check(root.stdout === 'root\\n', root)
                try { await sandbox.commands.run('exit 3'); check(false, 'no error') } catch (e) { check(e.exitCode === 3, e) }
                try { await sandbox.commands.run('pwd', { cwd: '/nope' }); check(false, 'no error') }
                catch (e) { check(e.name === 'InvalidArgumentError', e) }
                try { await sandbox.commands.run('sleep 20', { timeoutMs: 1000 }); check(false, 'no error') }
                catch (e) { check(e.name === 'TimeoutError', e) }
                await sandbox.kill()
                """);
    }

    @Test
    void backgroundCommandsAreListedConnectedFedAndKilled() {
        runs("""
                const sandbox = await Sandbox.create()
                const cat = await sandbox.commands.run('cat', { background: true, stdin: true, timeoutMs: 0 })
                const list = await sandbox.commands.list()
                check(list.length === 1 && list[0].pid === cat.pid, list)
                let seen = ''
                const other = await sandbox.commands.connect(cat.pid, { onStdout: data => { seen += data } })
                await sandbox.commands.sendStdin(cat.pid, 'ping\\n')
                await until(() => seen === 'ping\\n')
                check(await other.kill(), 'kill')
                try { await cat.wait(); check(false, 'no error') } catch (e) { check(e.exitCode === -1, e) }
                check((await sandbox.commands.list()).length === 0, 'list')
                check(!(await sandbox.commands.kill(cat.pid)), 'second kill')
                await sandbox.kill()
                """);
    }

    @Test
    void aTerminalHasASizeAndAnswers() {
        runs("""
                const sandbox = await Sandbox.create()
                let seen = ''
                const text = new TextDecoder()
                const pty = await sandbox.pty.create({ cols: 80, rows: 24, onData: data => { seen += text.decode(data) } })
                await sandbox.pty.sendInput(pty.pid, new TextEncoder().encode('tput cols\\n'))
                await until(() => seen.includes('80'))
                await sandbox.pty.resize(pty.pid, { cols: 132, rows: 40 })
                await sandbox.pty.sendInput(pty.pid, new TextEncoder().encode('tput cols; exit\\n'))
                await until(() => seen.includes('132'))
                await pty.wait()
                await sandbox.kill()
                """);
    }

    @Test
    void filesAreWrittenReadListedMovedAndRemoved() {
        runs("""
                const sandbox = await Sandbox.create()
                const info = await sandbox.files.write('notes/ä ö.txt', 'Grüße')
                check(info.path === '/home/user/notes/ä ö.txt', info)
                check(await sandbox.files.read('notes/ä ö.txt') === 'Grüße', 'read')
                await sandbox.files.write([{ path: 'a', data: '1' }, { path: 'b', data: new Blob(['2']) }])
                const names = (await sandbox.files.list('.')).map(e => e.name)
                check(names.includes('a') && names.includes('b') && names.includes('notes'), names)
                check(await sandbox.files.makeDir('d/e/f') === true && await sandbox.files.makeDir('d/e/f') === false, 'makeDir')
                await sandbox.files.rename('a', 'd/a')
                check(await sandbox.files.exists('d/a') && !(await sandbox.files.exists('a')), 'rename')
                const stat = await sandbox.files.getInfo('d/a')
                check(stat.size === 1 && stat.owner === 'user' && stat.permissions === '-rw-r--r--', stat)
                await sandbox.files.remove('d')
                check(!(await sandbox.files.exists('d')), 'remove')
                try { await sandbox.files.read('missing'); check(false, 'no error') } catch (e) { check(/NotFound/.test(e.name), e) }
                const big = new Uint8Array(20 * 1024 * 1024).fill(7)
                await sandbox.files.write('big', big.buffer)
                const back = await sandbox.files.read('big', { format: 'bytes' })
                check(back.length === big.length && back[12345678] === 7, back.length)
                await sandbox.kill()
                """);
    }

    @Test
    void watchersSeeChanges() {
        runs("""
                const sandbox = await Sandbox.create()
                await sandbox.files.makeDir('w')
                const events = []
                const handle = await sandbox.files.watchDir('w', e => { events.push(e.type + ' ' + e.name) })
                await sandbox.files.write('w/new', 'x')
                await until(() => events.length >= 3)
                check(JSON.stringify(events) === JSON.stringify(['create new', 'chmod new', 'write new']), events)
                await handle.stop()
                await sandbox.kill()
                """);
    }

    @Test
    void lifecycleCallsAnswerAsTheSdkExpects() {
        runs("""
                const sandbox = await Sandbox.create('base', { timeoutMs: 60_000, metadata: { job: 'a b' } })
                check(await sandbox.isRunning(), 'running')
                const info = await sandbox.getInfo()
                check(info.metadata.job === 'a b' && info.state === 'running' && info.cpuCount === 2 && info.memoryMB === 1024, info)
                check(Math.abs(info.endAt - info.startedAt - 60_000) < 2000, info)
                await sandbox.setTimeout(120_000)
                const later = await sandbox.getInfo()
                check(later.endAt > info.endAt, later)
                const again = await Sandbox.connect(sandbox.sandboxId)
                check((await again.commands.run('echo same')).stdout === 'same\\n', 'connect')
                const pages = Sandbox.list({ query: { metadata: { job: 'a b' } } })
                const rows = await pages.nextItems()
                check(rows.length === 1 && rows[0].sandboxId === sandbox.sandboxId, rows)
                check(await sandbox.kill() === true, 'kill')
                check(await Sandbox.kill(sandbox.sandboxId) === false, 'second kill')
                check(await sandbox.isRunning() === false, 'not running')
                try { await Sandbox.connect(sandbox.sandboxId); check(false, 'no error') } catch (e) { check(/NotFound/.test(e.name), e) }
                """);
    }

    @Test
    void aServerInTheSandboxIsReachedThroughItsPort() {
        runs("""
                const sandbox = await Sandbox.create()
                await sandbox.files.write('index.html', 'from inside')
                await sandbox.commands.run('python3 -m http.server 8000 --bind 127.0.0.1', { background: true, timeoutMs: 0 })
                const get = () => fetch(process.env.E2B_API_URL + '/index.html', {
                    headers: { 'E2b-Sandbox-Id': sandbox.sandboxId, 'E2b-Sandbox-Port': '8000' } })
                await until(async () => (await get()).status === 200)
                check(await (await get()).text() === 'from inside', 'body')
                await sandbox.kill()
                """);
    }

    private static void runs(String program) {
        var result = Sdk.javaScript("""
                import { Sandbox } from 'e2b'
                const check = (good, what) => { if (!good) throw new Error('unexpected: ' + (what?.stack ?? JSON.stringify(what))) }
                const until = async condition => {
                  for (const end = Date.now() + 20_000; Date.now() < end; await new Promise(r => setTimeout(r, 20))) if (await condition()) return
                  throw new Error('timed out waiting for ' + condition)
                }
                """ + program + "\nconsole.log('done')\nprocess.exit(0)\n", caisson.sdkEnvironment());
        assertThat(result.errors()).isEmpty();
        assertThat(result.output().strip()).isEqualTo("done");
    }
}
