import e2b
from kit import check, equal, fails, mode, out, scenario

AUTHOR = {"author_name": "Ada Ä", "author_email": "ada@example.org"}


def repository(sandbox, path):
    """A repository with one commit of the file `first`."""
    sandbox.git.init(path, initial_branch="main")
    sandbox.files.write(path + "/first", "one\n")
    sandbox.git.add(path)
    sandbox.git.commit(path, "the first one", **AUTHOR)
    return path


def await_port(sandbox, port):
    sandbox.commands.run(f"for i in $(seq 100); do (: < /dev/tcp/127.0.0.1/{port}) 2>/dev/null && break; sleep 0.05; done")


@scenario("git: init, add, commit and status")
def _(sandbox):
    path = repository(sandbox, "/home/user/repo")
    equal(out(sandbox, f"git -C {path} log --format='%an|%ae|%s'"), "Ada Ä|ada@example.org|the first one\n")
    clean = sandbox.git.status(path)
    equal((clean.current_branch, clean.is_clean, clean.total_count), ("main", True, 0))
    sandbox.files.write(path + "/first", "two\n")
    sandbox.files.write(path + "/other", "")
    sandbox.git.add(path, files=["first"])
    status = sandbox.git.status(path)
    equal((status.staged_count, status.untracked_count, status.has_changes), (1, 1, True))
    equal(sorted((f.name, f.status, f.staged) for f in status.file_status), [("first", "modified", True), ("other", "untracked", False)])
    sandbox.git.commit(path, "nothing new", allow_empty=True, **AUTHOR)
    fails(Exception, lambda: sandbox.git.status("/home/user/no-repo"))


@scenario("git: branches")
def _(sandbox):
    path = repository(sandbox, "/home/user/branches")
    sandbox.git.create_branch(path, "topic/a")
    equal(sandbox.git.branches(path).current_branch, "topic/a")
    sandbox.git.checkout_branch(path, "main")
    found = sandbox.git.branches(path)
    equal((sorted(found.branches), found.current_branch), (["main", "topic/a"], "main"))
    sandbox.git.delete_branch(path, "topic/a", force=True)
    equal(sandbox.git.branches(path).branches, ["main"])


@scenario("git: reset and restore")
def _(sandbox):
    path = repository(sandbox, "/home/user/undo")
    sandbox.files.write(path + "/first", "changed\n")
    sandbox.git.restore(path, paths=["first"])
    equal(sandbox.files.read(path + "/first"), "one\n")
    sandbox.files.write(path + "/first", "changed\n")
    sandbox.git.add(path)
    sandbox.git.reset(path, paths=["first"])
    equal(sandbox.git.status(path).staged_count, 0)
    sandbox.git.reset(path, mode="hard", target="HEAD")
    equal(sandbox.git.status(path).is_clean, True)


@scenario("git: remotes, push, clone and pull")
def _(sandbox):
    bare = "/home/user/remote.git"
    sandbox.git.init(bare, bare=True, initial_branch="main")
    path = repository(sandbox, "/home/user/local")
    sandbox.git.remote_add(path, "origin", bare)
    equal((sandbox.git.remote_get(path, "origin"), sandbox.git.remote_get(path, "other")), (bare, None))
    sandbox.git.push(path, remote="origin", branch="main", set_upstream=True)
    sandbox.git.clone("file://" + bare, path="/home/user/copy", branch="main", depth=1)
    equal(sandbox.files.read("/home/user/copy/first"), "one\n")
    sandbox.files.write(path + "/second", "")
    sandbox.git.add(path)
    sandbox.git.commit(path, "the second one", **AUTHOR)
    sandbox.git.push(path)
    equal(sandbox.git.status(path).ahead, 0)
    sandbox.git.pull("/home/user/copy")
    equal(sandbox.files.exists("/home/user/copy/second"), True)


@scenario("git: clone from a server inside")
def _(sandbox):
    repository(sandbox, "/home/user/served/project")
    server = mode.background(
        sandbox, "git daemon --reuseaddr --export-all --listen=127.0.0.1 --base-path=/home/user/served", timeout=0)
    await_port(sandbox, 9418)
    sandbox.git.clone("git://127.0.0.1/project", path="/home/user/from-server")
    equal(sandbox.files.read("/home/user/from-server/first"), "one\n")
    server.handle.kill()


@scenario("git: configuration and user")
def _(sandbox):
    path = repository(sandbox, "/home/user/configured")
    sandbox.git.configure_user("Grace", "grace@example.org")
    equal((sandbox.git.get_config("user.name"), sandbox.git.get_config("user.email")), ("Grace", "grace@example.org"))
    sandbox.git.set_config("pull.rebase", "true", scope="local", path=path)
    equal(sandbox.git.get_config("pull.rebase", scope="local", path=path), "true")
    equal(sandbox.git.get_config("no.such"), None)
    sandbox.git.commit(path, "by Grace", allow_empty=True)
    equal(out(sandbox, f"git -C {path} log -1 --format=%an"), "Grace\n")


REFUSE = """
from http.server import *
class Refuse(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(401)
        self.send_header('WWW-Authenticate', 'Basic realm="git"')
        self.end_headers()
HTTPServer(('127.0.0.1', 8401), Refuse).serve_forever()
"""


@scenario("git: credentials, and what is said without them")
def _(sandbox):
    sandbox.git.dangerously_authenticate("ada", "pass word", host="git.example.org")
    check("git.example.org" in sandbox.files.read(".git-credentials"), "no credentials")
    sandbox.files.write("refuse.py", REFUSE)
    server = mode.background(sandbox, "python3 refuse.py", timeout=0)
    await_port(sandbox, 8401)
    fails(e2b.GitAuthException, lambda: sandbox.git.clone("http://127.0.0.1:8401/x.git", path="/home/user/refused"))
    server.handle.kill()
    path = repository(sandbox, "/home/user/alone")
    sandbox.git.remote_add(path, "origin", "/home/user/nowhere.git")
    fails(e2b.GitUpstreamException, lambda: sandbox.git.pull(path))
