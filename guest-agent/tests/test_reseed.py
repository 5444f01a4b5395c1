"""Programs that asked are told of a copy (PROTOCOL.md §4), and what the modules in interpreters/ do then."""

import json
import os
import shutil
import signal
import subprocess
import sys

from agent import *
from test_awake import awake_payload
from test_handshake import init_payload

INTERPRETERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interpreters")
# One that every user may run, if there is one.
PYTHON = shutil.which("python3", path="/usr/bin:/usr/local/bin") or sys.executable
NODE = shutil.which("node")
FOLDER = "/run/caisson/reseed"

NEWLINE = b"\n"

# Says "told" when it is signalled; echoes lines, so that what came before them is known.
LISTENER = """
import os, signal, sys
signal.signal(signal.SIGUSR1, lambda *_: os.write(1, b"told\\n"))
print("ready", open("/proc/self/stat").read().rpartition(")")[2].split()[19], flush=True)
for line in sys.stdin:
    print(line, end="", flush=True)
"""

# A handler that needs longer than an answer does.
SLOW = """
import os, time
def seed(*_):
    time.sleep(0.05)
    os.utime(f"/run/caisson/reseed/{os.getpid()}")
"""


class ReseedTest(AgentTest):
    first = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Where every user can read them.
        cls.interpreters = os.path.join(cls.agent.folder, "interpreters")
        shutil.copytree(INTERPRETERS, cls.interpreters, ignore=shutil.ignore_patterns("__pycache__"))
        cls.lines = 0

    def setUp(self):
        self.agent.ask(INIT, init_payload())
        self.processes = []

    def tearDown(self):
        for process in self.processes:
            self.agent.ask(SIGNAL, by_pid(process.pid) + u32(signal.SIGKILL) + u8(1))
            process.run()
            process.link.close()
        for name in os.listdir(self.agent.inside(FOLDER)):
            path = self.agent.inside(f"{FOLDER}/{name}")
            os.rmdir(path) if os.path.isdir(path) and not os.path.islink(path) else os.remove(path)

    def start(self, command, arguments, **options):
        process = self.agent.spawn(command, arguments, input=True, folder="/", **options)
        self.processes.append(process)
        return process

    def copied(self, copy=True, offset=-1):
        """AWAKE; the subscriptions it ends are made anew, with the output from there on."""
        self.agent.ask(AWAKE, awake_payload(copy=copy))
        for process in self.processes:
            process.link.close()
            process.link = self.agent.link()
            process.link.send(ATTACH, by_pid(process.pid) + i64(offset))
            process.link.expect(STARTED)

    def up_to_now(self, process):
        """What it says until it has echoed a line."""
        type(self).lines += 1
        line = f"line {self.lines}\n".encode()
        self.agent.input(by_pid(process.pid), line)
        return process.until(line).decode().removesuffix(line.decode())

    def wish(self, name, text, user=0):
        path = self.agent.inside(f"{FOLDER}/{name}")
        with open(path, "w") as f:
            f.write(text)
        os.chown(path, user, user)

    def wishes(self):
        return sorted(os.listdir(self.agent.inside(FOLDER)))


@needs_root
class Telling(ReseedTest):
    def listener(self, **options):
        process = self.start(PYTHON, ["-c", LISTENER], **options)
        started = process.until(b"\n").decode().split()[1]
        return process, started

    def told(self, process, copy=True):
        self.copied(copy, offset=0)
        return "told" in self.up_to_now(process)

    def test_whoever_asked_is_told_of_a_copy_and_of_nothing_else(self):
        process, started = self.listener()
        self.wish(process.pid, f"10 {started}\n")
        self.assertFalse(self.told(process, copy=False))
        self.assertTrue(self.told(process))
        self.assertEqual(self.wishes(), [str(process.pid)])

    def test_all_may_write_there_but_only_for_themselves(self):
        mode = os.stat(self.agent.inside(FOLDER)).st_mode
        self.assertEqual(mode & 0o7777, 0o1777)
        of_root, started = self.listener()
        self.wish(of_root.pid, f"10 {started}\n", user=4201)
        self.assertFalse(self.told(of_root))
        of_alice, started = self.listener(user="alice")
        self.wish(of_alice.pid, f"10 {started}\n", user=4201)
        self.assertTrue(self.told(of_alice))

    def test_a_process_that_took_the_number_of_another_is_left_alone(self):
        process, started = self.listener()
        self.wish(process.pid, f"10 {int(started) - 1}\n")
        self.assertFalse(self.told(process))
        self.assertEqual(self.wishes(), [])

    def test_files_that_make_no_sense_harm_nothing(self):
        process, started = self.listener()
        good, pid = f"10 {started}", str(process.pid)
        for text in ("", "10", "x", "0 1", "65 " + started, "-10 " + started, " " + good, good + " ", good + "\0", good + " 1", good + " wait ", "10 wait",
                     "10 99999999999999999999999", "9" * 5_000_000):
            self.wish(pid, text)
            self.assertFalse(self.told(process), text[:50])
        inside = self.agent.inside(FOLDER)
        os.remove(f"{inside}/{pid}") if os.path.exists(f"{inside}/{pid}") else None
        with open(self.path("elsewhere"), "w") as f:
            f.write(good)
        os.symlink(self.path("elsewhere"), f"{inside}/{pid}")
        self.assertFalse(self.told(process))
        os.remove(f"{inside}/{pid}")
        os.mkfifo(f"{inside}/{pid}")
        self.assertFalse(self.told(process))
        os.remove(f"{inside}/{pid}")
        os.mkdir(f"{inside}/{pid}")
        self.assertFalse(self.told(process))
        os.rmdir(f"{inside}/{pid}")
        self.wish("linked", good)
        os.link(f"{inside}/linked", f"{inside}/{pid}")
        self.assertFalse(self.told(process))
        os.remove(f"{inside}/{pid}")
        for name in ("0", "1", "-1", "x", pid + "x", "99999999999999999999", "4194304"):
            self.wish(name, "9 0\n")
        self.assertFalse(self.told(process))
        self.agent.ask(PING)

    def test_the_answer_waits_for_those_that_want_it_but_not_for_long(self):
        script = SLOW + LISTENER.replace('lambda *_: os.write(1, b"told\\n")', "seed")
        process = self.start(PYTHON, ["-c", script])
        self.wish(process.pid, f"10 {process.until(NEWLINE).decode().split()[1]} wait\n")
        path = self.agent.inside(f"{FOLDER}/{process.pid}")
        ready = []
        for _ in range(5):
            before = os.stat(path).st_mtime_ns
            self.agent.ask(AWAKE, awake_payload(copy=True))
            ready.append(os.stat(path).st_mtime_ns != before)
            wait_until(lambda: os.stat(path).st_mtime_ns != before, "the process is ready")
        self.assertIn(True, ready)  # not all, where the machine is busy
        deaf, started = self.listener()
        self.wish(deaf.pid, f"10 {started} wait\n")
        self.agent.ask(AWAKE, awake_payload(copy=True))
        self.copied()

    def test_a_host_that_goes_away_while_the_agent_waits_harms_nothing(self):
        deaf, started = self.listener()
        self.wish(deaf.pid, f"10 {started} wait\n")
        with self.agent.link() as link:
            link.send(AWAKE, awake_payload(copy=True))
            with self.assertRaises((Closed, ConnectionError)):  # by then the agent is at it
                while True:
                    deaf.event()
        self.assertTrue(self.told(deaf))

    def test_a_folder_that_is_not_the_agents_is_not_read(self):
        process, started = self.listener()
        self.wish(process.pid, f"10 {started}\n")
        os.chown(self.agent.inside(FOLDER), 4201, 4201)
        try:
            self.assertFalse(self.told(process))
        finally:
            os.chown(self.agent.inside(FOLDER), 0, 0)


@needs_root
class Python(ReseedTest):
    """Draws after a copy differ from those that the copied state would have given."""

    SCRIPT = """
import sys, {imports}
def ask(line):
    state = {get}
    before = [{draw} for _ in range(100)]
    {set}
    print(line, flush=True)
    input()
    print("same" if [{draw} for _ in range(100)] == before else "differ", flush=True)
while True:
    ask("drawn")
"""
    RANDOM = SCRIPT.format(imports="random", get="random.getstate()", set="random.setstate(state)", draw="random.random()")
    NUMPY = SCRIPT.format(imports="numpy", get="numpy.random.get_state()", set="numpy.random.set_state(state)", draw="numpy.random.random()")

    def interpreter(self, script, **options):
        return self.start(PYTHON, ["-c", script], environment={"PYTHONPATH": self.interpreters + "/python"}, **options)

    def assert_reseeded(self, script, **options):
        process = self.interpreter(script, **options)
        process.until(b"drawn\n")
        for copy, expected in ((False, b"same\n"), (True, b"differ\n"), (True, b"differ\n"), (False, b"same\n")):
            self.copied(copy)
            self.agent.input(by_pid(process.pid), b"\n")
            self.assertIn(expected, process.until(b"drawn\n"))

    def test_random_is_seeded_anew(self):
        self.assert_reseeded(self.RANDOM)

    def test_for_every_user(self):
        self.assert_reseeded(self.RANDOM, user="alice")

    def test_in_a_child_that_was_forked(self):
        self.assert_reseeded("import os, sys\npid = os.fork()\nif pid:\n    os.waitpid(pid, 0)\n    sys.exit()\n" + self.RANDOM)

    def test_numpy_is_seeded_anew(self):
        try:
            subprocess.run([PYTHON, "-c", "import numpy"], check=True, capture_output=True)
        except subprocess.CalledProcessError:
            self.skipTest("numpy is not installed")
        self.assert_reseeded(self.NUMPY)

    def test_a_wait_goes_on_and_what_is_loaded_is_seeded(self):
        process = self.interpreter("import ssl, sys, types\nadded = []\nssl.RAND_add = lambda data, _: added.append(len(data))\n"
                                   "sys.modules['numpy.random'] = types.SimpleNamespace(seed=lambda: added.append('numpy'))\n"
                                   "print('ready', flush=True)\nline = sys.stdin.readline()\nprint(line.strip(), added, flush=True)\n"
                                   "sys.stdin.readline()\n")
        process.until(b"ready\n")
        self.copied()
        self.agent.input(by_pid(process.pid), b"line\n")
        self.assertEqual(process.until(b"\n"), b"line ['numpy', 32]\n")

    def test_a_handler_of_the_programs_own_replaces_ours(self):
        process = self.interpreter("import os, signal, sys\nsignal.signal(signal.SIGURG, lambda *_: os.write(1, b'mine\\n'))\n"
                                   "print('ready', flush=True)\nfor line in sys.stdin:\n    print(line, end='', flush=True)\n")
        process.until(b"ready\n")
        self.copied(offset=0)
        self.assertEqual(self.up_to_now(process), "ready\nmine\n")

    def test_the_sitecustomize_that_it_hides_is_run(self):
        hidden = self.path("hidden")
        os.makedirs(hidden, exist_ok=True)
        with open(os.path.join(hidden, "sitecustomize.py"), "w") as f:
            f.write("import builtins; builtins.hidden = __name__\n")
        process = self.start(PYTHON, ["-c", "import caisson_reseed, sitecustomize; print(hidden, sitecustomize.__file__, flush=True); input()"],
                             environment={"PYTHONPATH": self.interpreters + "/python:" + hidden})
        self.assertEqual(process.until(b"\n").decode(), f"sitecustomize {hidden}/sitecustomize.py\n")

    def test_where_there_is_no_folder_nothing_happens(self):
        shutil.rmtree(self.agent.inside(FOLDER))
        try:
            process = self.interpreter("import _signal; print(_signal.getsignal(_signal.SIGURG) == _signal.SIG_DFL, flush=True); input()")
            self.assertEqual(process.until(b"\n"), b"True\n")
        finally:
            self.agent.ask(INIT, init_payload())

    def test_it_imports_nothing_but_itself(self):
        script = "import sys; print(*sorted(sys.modules), flush=True); input()"
        with_it = self.interpreter(script).until(b"\n").decode().split()
        without = self.start(PYTHON, ["-c", script]).until(b"\n").decode().split()
        self.assertLessEqual(set(with_it) - set(without), {"caisson_reseed", "sitecustomize"})


@needs_root
@unittest.skipUnless(NODE, "needs node")
class Node(ReseedTest):
    # Two processes with the same seed stand for a process and its copy; so do generators that always say the same.
    SAME = """
const crypto = require('crypto');
crypto.randomBytes = (size, callback) => { const same = Buffer.alloc(size, 7); if (!callback) return same; callback(null, same); };
crypto.randomFillSync = (array) => { new Uint8Array(array.buffer, array.byteOffset, array.byteLength).fill(7); return array; };
crypto.randomFill = (array, ...rest) => rest.pop()(null, crypto.constantFill(array));
crypto.constantFill = (array) => { new Uint8Array(array.buffer, array.byteOffset, array.byteLength).fill(7); return array; };
crypto.randomInt = (...limits) => { const last = limits.pop(); if (typeof last !== 'function') return 7; last(null, 7); };
crypto.randomUUID = () => '07070707-0707-4707-8707-070707070707';
const web = Object.getPrototypeOf(crypto.webcrypto);
web.getRandomValues = (array) => crypto.constantFill(array);
web.randomUUID = crypto.randomUUID;
"""
    DRAW = """
const crypto = require('crypto');
const { promisify } = require('util');
const hex = (array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('hex');
async function draw() {
  return {
    math: Array.from({ length: 100 }, Math.random),
    bytes: crypto.randomBytes(16).toString('hex'),
    old: crypto.pseudoRandomBytes(16).toString('hex'),
    later: (await promisify(crypto.randomBytes)(16)).toString('hex'),
    filled: hex(crypto.randomFillSync(new Uint32Array(4))),
    filledLater: hex(await promisify(crypto.randomFill)(Buffer.alloc(16))),
    integer: crypto.randomInt(2 ** 47),
    between: crypto.randomInt(5, 2 ** 47),
    integerLater: await promisify(crypto.randomInt)(1, 2 ** 47),
    uuid: crypto.randomUUID(),
    web: hex(globalThis.crypto.getRandomValues(new Uint16Array(8))),
    webUuid: globalThis.crypto.randomUUID(),
    values: hex(crypto.getRandomValues(new Uint8Array(16))),
  };
}
"""
    ASKED = "require('readline').createInterface({ input: process.stdin }).on('line', async () => console.log(JSON.stringify(await draw())));"
    WORKER = """
const { Worker, isMainThread, parentPort } = require('worker_threads');
if (isMainThread) {
  const worker = new Worker(__filename);
  worker.on('message', (text) => console.log(text));
  require('readline').createInterface({ input: process.stdin }).on('line', () => worker.postMessage(''));
} else {
  parentPort.on('message', async () => parentPort.postMessage(JSON.stringify(await draw())));
}
"""

    def script(self, name, text):
        path = self.path(name)
        with open(path, "w") as f:
            f.write(text)
        return path

    def interpreter(self, *arguments, **options):
        return self.start(NODE, ["--random-seed=7", "--require", self.script("same.js", self.SAME), *arguments], **options)

    def twins(self, text, **options):
        ours = self.interpreters + "/node/caisson-reseed.js"
        script = self.script("draw.js", self.DRAW + text)
        return [self.interpreter("--require", ours, script, **options) for _ in range(2)]

    def draw(self, process):
        self.agent.input(by_pid(process.pid), b"\n")
        seen = b""
        while not seen.endswith(b"\n"):
            seen += process.until(b"\n")
        return json.loads(seen)

    def assert_all_differ(self, one, other):
        self.assertEqual(one.keys(), other.keys())
        self.assertEqual([name for name in one if one[name] == other[name]], [])

    def assert_reseeded(self, text, **options):
        one, other = self.twins(text, **options)
        self.assertEqual(self.draw(one), self.draw(other))
        self.copied(copy=False)
        self.assertEqual(self.draw(one), self.draw(other))
        self.copied()
        first = [self.draw(one), self.draw(other)]
        self.assert_all_differ(*first)
        again = [self.draw(one), self.draw(other)]
        self.assert_all_differ(*again)
        self.assert_all_differ(first[0], again[0])
        return first[0]

    def test_every_generator_differs_after_a_copy(self):
        drawn = self.assert_reseeded(self.ASKED)
        self.assertTrue(all(0 <= x < 1 for x in drawn["math"]))
        self.assertEqual(len(drawn["bytes"]), 32)
        self.assertEqual([len(drawn[name]) for name in ("filled", "filledLater", "web", "values")], [32] * 4)
        for name in ("uuid", "webUuid"):
            self.assertRegex(drawn[name], "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")

    def test_for_every_user(self):
        self.assert_reseeded(self.ASKED, user="alice")

    def test_in_workers(self):
        self.assert_reseeded(self.WORKER)

    def test_a_part_is_filled_and_no_more(self):
        one, _ = self.twins("""
require('readline').createInterface({ input: process.stdin }).on('line', () => {
  const bytes = Buffer.alloc(64), words = new Uint32Array(16);
  const fill = require('crypto').randomFillSync;
  fill(bytes, 16, 16); fill(words, 4, 4);
  console.log(JSON.stringify([bytes.toString('hex'), Buffer.from(words.buffer).toString('hex')]));
});
""")
        before = self.draw(one)
        self.copied()
        after = self.draw(one)
        for was, now in zip(before, after):
            self.assertEqual((was[:32], was[64:]), (now[:32], now[64:]))
            self.assertNotEqual(was[32:64], now[32:64])

    def test_a_process_that_ends_takes_its_file_with_it(self):
        one, other = self.twins("console.log('ready'); process.stdin.on('data', () => process.exit(0));")
        for process in (one, other):
            process.until(b"ready\n")
        self.assertEqual(self.wishes(), sorted([str(one.pid), str(other.pid)]))
        self.agent.input(by_pid(one.pid), b"\n")
        one.run()
        one.link.close()
        self.processes.remove(one)
        self.assertEqual(self.wishes(), [str(other.pid)])
