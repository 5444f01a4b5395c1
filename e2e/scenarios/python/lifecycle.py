import datetime
import inspect
import os
import random
import re

import e2b
from files import fetch
from kit import NotInThisVersion, Sandbox, apart, check, equal, fails, mode, sandbox_of, scenario, until

WRONG_KEY = "e2b_" + "0" * 40
UNKNOWN = "iunknownsandbox00001"
SANDBOX_URL = os.environ["E2B_SANDBOX_URL"]


def mark(what):
    return f"{what} {os.getpid()} {random.random()}"


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def pages(query, **options):
    paginator = Sandbox.list(query=e2b.SandboxQuery(**query), **options)
    while paginator.has_next:
        yield paginator.next_items()


def ids(query, **options):
    return [row.sandbox_id for page in pages(query, **options) for row in page]


@apart("lifecycle: create with timeout, metadata and variables")
def _():
    with sandbox_of(timeout=90, metadata={"job ä": "a b&c=%25"}, envs={"OF_SANDBOX": "all commands"}) as sandbox:
        info = sandbox.get_info()
        equal((info.sandbox_id, info.name, info.state.value), (sandbox.sandbox_id, "base", "running"))
        equal(info.metadata, {"job ä": "a b&c=%25"})
        check(info.cpu_count > 0 and info.memory_mb > 0 and re.fullmatch(r"\d+\.\d+\.\d+", info.envd_version), info)
        check(abs((info.end_at - info.started_at).total_seconds() - 90) < 2, info)
        equal(sandbox.commands.run("echo $OF_SANDBOX").stdout, "all commands\n")
        equal(sandbox.commands.run("echo $OF_SANDBOX", envs={"OF_SANDBOX": "this"}).stdout, "this\n")


def status_of_file(sandbox, **headers):
    wanted = {"E2b-Sandbox-Id": sandbox.sandbox_id, "E2b-Sandbox-Port": "49983", **headers}
    return fetch(SANDBOX_URL + "/files?path=/etc/hostname", headers=wanted)[0]


@apart("lifecycle: a sandbox is secured")
def _():
    with sandbox_of() as sandbox:
        equal(status_of_file(sandbox), 401)
        equal(status_of_file(sandbox, **{"X-Access-Token": "0" * 64}), 401)
        check("signature=" in sandbox.download_url("x"), "no signature")


@apart("lifecycle: an open sandbox")
def _():
    if inspect.signature(e2b.Sandbox.create).parameters["secure"].default is None:
        raise NotInThisVersion("every sandbox is secured")
    with sandbox_of(secure=False) as sandbox:
        equal(status_of_file(sandbox), 200)
        check("signature=" not in sandbox.download_url("x"), "a signature")
        fails(Exception, lambda: sandbox.download_url("x", use_signature_expiration=10))


@apart("lifecycle: list by metadata, state, template and start")
def _():
    group = mark("group")
    mine = {"group": group}
    before = now()
    with sandbox_of(metadata={**mine, "kind": "a"}) as one, sandbox_of(metadata={**mine, "kind": "b=&ü"}) as two:
        both = [two.sandbox_id, one.sandbox_id]
        equal(ids({"metadata": mine}), both)
        equal(ids({"metadata": {**mine, "kind": "b=&ü"}}), both[:1])
        equal(ids({"metadata": {**mine, "kind": "c"}}), [])
        equal(ids({"metadata": mine, "state": [e2b.SandboxState.RUNNING]}), both)
        equal(ids({"metadata": mine, "state": [e2b.SandboxState.PAUSED]}), [])
        equal(ids({"metadata": mine, "template": "base"}), both)
        equal(ids({"metadata": mine, "started_after": before - datetime.timedelta(seconds=5)}), both)
        equal(ids({"metadata": mine, "started_after": now() + datetime.timedelta(minutes=1)}), [])
        equal(ids({"metadata": mine}, order="asc"), both[::-1])


@apart("lifecycle: list page by page")
def _():
    mine = {"group": mark("pages")}
    made = [Sandbox.create(metadata=mine) for _ in range(5)]
    seen = list(pages({"metadata": mine}, limit=2))
    equal([len(page) for page in seen], [2, 2, 1])
    equal(len({row.sandbox_id for page in seen for row in page}), 5)
    equal([sandbox.kill() for sandbox in made], [True] * 5)
    equal(ids({"metadata": mine}, limit=2), [])


@apart("lifecycle: connect gives the same sandbox and only extends")
def _():
    with sandbox_of(timeout=300) as sandbox:
        sandbox.files.write("note", "same")
        end = sandbox.get_info().end_at
        again = Sandbox.connect(sandbox.sandbox_id, timeout=10)
        equal(again.files.read("note"), "same")
        equal(again.get_info().end_at, end)
        again.connect(timeout=900)
        check((sandbox.get_info().end_at - end).total_seconds() > 500, "not extended")


@apart("lifecycle: a new timeout may be longer or shorter")
def _():
    with sandbox_of(timeout=100) as sandbox:
        left = lambda: (sandbox.get_info().end_at - now()).total_seconds()
        sandbox.set_timeout(500)
        check(abs(left() - 500) < 5, left())
        Sandbox.set_timeout(sandbox.sandbox_id, 30)
        check(abs(left() - 30) < 5, left())


@apart("lifecycle: a sandbox ends when its time is up")
def _():
    with sandbox_of(timeout=2) as sandbox:
        equal(sandbox.is_running(), True)
        until(lambda: not sandbox.is_running(), "the end")
        fails(e2b.SandboxNotFoundException, lambda: Sandbox.get_info(sandbox.sandbox_id))


@apart("lifecycle: kill, and again")
def _():
    sandbox = Sandbox.create()
    equal(sandbox.is_running(), True)
    equal(sandbox.kill(), True)
    equal((sandbox.kill(), Sandbox.kill(sandbox.sandbox_id), sandbox.is_running()), (False, False, False))


@apart("lifecycle: an unknown sandbox is not found")
def _():
    kind = e2b.SandboxNotFoundException
    fails(kind, lambda: Sandbox.connect(UNKNOWN))
    fails(kind, lambda: Sandbox.get_info(UNKNOWN))
    fails(kind, lambda: Sandbox.set_timeout(UNKNOWN, 1))
    equal(Sandbox.kill(UNKNOWN), False)


@apart("lifecycle: an unknown template is an error that names it")
def _():
    check("no-such-template" in str(fails(e2b.SandboxException, lambda: Sandbox.create("no-such-template"))), "no name")


@apart("lifecycle: a wrong key is an authentication error")
def _():
    kind = e2b.AuthenticationException
    fails(kind, lambda: Sandbox.create(api_key=WRONG_KEY))
    fails(kind, lambda: Sandbox.list(api_key=WRONG_KEY).next_items())
    fails(kind, lambda: Sandbox.kill(UNKNOWN, api_key=WRONG_KEY))


@apart("lifecycle: a create repeated with its key makes one sandbox")
def _():
    if "idempotency_key" not in inspect.signature(e2b.Sandbox.create).parameters:
        raise NotInThisVersion("no option for a key of repeats")
    key = f"key-{os.getpid()}-{random.randrange(1 << 60)}"
    with sandbox_of(idempotency_key=key) as sandbox:
        equal(Sandbox.create(idempotency_key=key).sandbox_id, sandbox.sandbox_id)
        fails(e2b.SandboxException, lambda: Sandbox.create(idempotency_key=key, timeout=77))


@apart("lifecycle: an impossible timeout is refused")
def _():
    fails(e2b.SandboxException, lambda: Sandbox.create(timeout=1000 * 3600))


@scenario("ports: a server inside answers on its port")
def _(sandbox):
    sandbox.commands.run('mkdir -p site && echo "from inside" > site/page.html')
    mode.background(sandbox, "python3 -m http.server 8000 --bind 127.0.0.1 --directory site", timeout=0)
    get = lambda path, port="8000": fetch(
        SANDBOX_URL + path, headers={"E2b-Sandbox-Id": sandbox.sandbox_id, "E2b-Sandbox-Port": port})
    until(lambda: get("/page.html")[0] == 200, "the server")
    equal(get("/page.html")[1], b"from inside\n")
    equal(get("/missing")[0], 404)
    status, body = get("/", "8123")
    check(status == 502 and b"8123" in body, body)
