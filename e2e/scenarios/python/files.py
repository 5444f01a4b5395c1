import datetime
import hashlib
import io
import urllib.error
import urllib.request

import e2b
from kit import apart, check, equal, fails, mode, out, sandbox_of, scenario


def noise(size):
    return bytes((i * 2654435761 >> 13) & 255 for i in range(size))


class Repeated(io.RawIOBase):
    """A file that is not held in memory."""

    def __init__(self, part, times):
        self._part, self._left = part, times

    def readable(self):
        return True

    def read(self, size=-1):
        if not self._left:
            return b""
        self._left -= 1
        return self._part


@scenario("files: text")
def _(sandbox):
    info = sandbox.files.write("texts/ä ö.txt", "Grüße\n")
    equal((info.name, info.path, info.type.value), ("ä ö.txt", "/home/user/texts/ä ö.txt", "file"))
    equal(sandbox.files.read("texts/ä ö.txt"), "Grüße\n")
    sandbox.files.write("texts/ä ö.txt", "short")
    equal(sandbox.files.read("/home/user/texts/ä ö.txt"), "short")
    sandbox.files.write("texts/empty", "")
    equal(sandbox.files.read("texts/empty"), "")


@scenario("files: bytes and streams, both ways")
def _(sandbox):
    data = noise(300_000)
    sandbox.files.write("bytes", data)
    check(bytes(sandbox.files.read("bytes", format="bytes")) == data, "bytes")
    sandbox.files.write("stream", io.BytesIO(data))
    check(mode.joined(sandbox.files.read("stream", format="stream")) == data, "stream")


@scenario("files: many in one call")
def _(sandbox):
    many = [{"path": f"many/{i % 3}/file {i}", "data": f"text {i}" if i % 2 else f"text {i}".encode()} for i in range(60)]
    infos = sandbox.files.write_files(many)
    equal([i.path for i in infos], ["/home/user/" + f["path"] for f in many])
    equal(sandbox.files.read("many/1/file 58"), "text 58")


@scenario("files: octet-stream uploads")
def _(sandbox):
    sandbox.files.write("octets", "as they are", use_octet_stream=True)
    equal(sandbox.files.read("octets"), "as they are")


@scenario("files: packed with gzip, both ways")
def _(sandbox):
    text = "again and again " * 100_000
    sandbox.files.write("packed", text, gzip=True, use_octet_stream=True)
    equal(out(sandbox, "stat -c %s packed").strip(), str(len(text)))
    check(sandbox.files.read("packed", gzip=True) == text, "other text")


@scenario("files: 128 MB in and out as streams")
def _(sandbox):
    part = noise(4096) * 256
    sandbox.files.write("/tmp/large", Repeated(part, 128), use_octet_stream=True)
    equal(len(mode.joined(sandbox.files.read("/tmp/large", format="stream"))), 128 << 20)
    wanted = hashlib.sha256()
    for _ in range(128):
        wanted.update(part)
    equal(out(sandbox, "sha256sum < /tmp/large; rm /tmp/large")[:64], wanted.hexdigest())


@scenario("files: metadata")
def _(sandbox):
    labels = {"origin": "here", "step": "2"}
    info = sandbox.files.write("labelled", "x", metadata=labels)
    listed = next(e for e in sandbox.files.list(".") if e.name == "labelled")
    equal([info.metadata, sandbox.files.get_info("labelled").metadata, listed.metadata], [labels] * 3)


@scenario("files: list, also below")
def _(sandbox):
    sandbox.commands.run("mkdir -p tree/a/b && echo x > tree/a/b/c && ln -s a tree/link")
    equal(sorted(e.name for e in sandbox.files.list("tree")), ["a", "link"])
    below = sorted(e.path for e in sandbox.files.list("tree", depth=3))
    equal(below, ["/home/user/tree/" + p for p in ("a", "a/b", "a/b/c", "link")])
    fails(e2b.FileNotFoundException, lambda: sandbox.files.list("no-tree"))
    fails(e2b.InvalidArgumentException, lambda: sandbox.files.list("tree", depth=0))


@scenario("files: information")
def _(sandbox):
    sandbox.commands.run("echo 12345 > known; chmod 640 known; ln -s known pointer")
    info = sandbox.files.get_info("known")
    equal((info.name, info.type.value, info.path, info.size), ("known", "file", "/home/user/known", 6))
    equal((info.mode & 0o777, info.permissions, info.owner, info.group), (0o640, "-rw-r-----", "user", "user"))
    age = datetime.datetime.now(datetime.timezone.utc) - info.modified_time.replace(tzinfo=datetime.timezone.utc)
    check(abs(age.total_seconds()) < 60, info)
    equal(sandbox.files.get_info("pointer").symlink_target, "/home/user/known")
    equal(sandbox.files.get_info("/tmp").type.value, "dir")
    fails(e2b.FileNotFoundException, lambda: sandbox.files.get_info("unknown"))


@scenario("files: folders")
def _(sandbox):
    equal(sandbox.files.make_dir("made/below/here"), True)
    equal(sandbox.files.make_dir("made/below/here"), False)
    equal(sandbox.files.get_info("made/below").type.value, "dir")
    sandbox.files.write("made/file", "")
    fails(e2b.InvalidArgumentException, lambda: sandbox.files.make_dir("made/file"))


@scenario("files: exists, rename and remove")
def _(sandbox):
    sandbox.files.write("old name", "kept")
    sandbox.files.make_dir("new-place")
    info = sandbox.files.rename("old name", "new-place/new name")
    equal(info.path, "/home/user/new-place/new name")
    equal((sandbox.files.exists("old name"), sandbox.files.exists("new-place/new name")), (False, True))
    equal(sandbox.files.read("new-place/new name"), "kept")
    sandbox.files.remove("new-place")
    equal(sandbox.files.exists("new-place"), False)
    fails(e2b.FileNotFoundException, lambda: sandbox.files.rename("old name", "elsewhere"))


@scenario("files: what is not there, and what is no file")
def _(sandbox):
    fails(e2b.FileNotFoundException, lambda: sandbox.files.read("missing"))
    fails(e2b.InvalidArgumentException, lambda: sandbox.files.read("/home"))
    fails(Exception, lambda: sandbox.files.write("/home", "x"))


@scenario("files: as another user")
def _(sandbox):
    sandbox.files.write("/root/secret", "x", user="root")
    equal(sandbox.files.read("/root/secret", user="root"), "x")
    equal(sandbox.files.get_info("/root/secret", user="root").owner, "root")
    equal(sandbox.files.write("relative", "x", user="root").path, "/root/relative")


def fetch(url, data=None, headers=None):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=data, headers=headers or {}), timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as e:
        return e.code, e.read()


@apart("files: links to download and upload, and their end")
def _():
    with sandbox_of() as sandbox:
        sandbox.files.write("shared ä.txt", "over a link")
        equal(fetch(sandbox.download_url("shared ä.txt", use_signature_expiration=60_000)), (200, b"over a link"))
        equal(fetch(sandbox.download_url("shared ä.txt"))[0], 200)
        form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="sent.txt"\r\n\r\nsent\r\n--x--\r\n'
        url = sandbox.upload_url("sent.txt", use_signature_expiration=60_000)
        equal(fetch(url, form, {"Content-Type": "multipart/form-data; boundary=x"})[0], 200)
        equal(sandbox.files.read("sent.txt"), "sent")
        other = sandbox.download_url("shared ä.txt").replace("shared", "unshared")
        check(fetch(other)[0] in (401, 403, 404, 502), "a link for another file")
        equal(fetch(sandbox.download_url("shared ä.txt", use_signature_expiration=-1))[0], 401)
