"""The package's two interfaces behind one: blocking calls, whichever is used.

Where the two differ in more than `await` (output of what runs in the background, watching, input as a stream), the classes
`Blocking` and `Async` offer the same functions.
"""

import asyncio
import inspect
import threading

import e2b

DEADLINE_SECONDS = 60


class Running:
    """A process whose output is gathered while it runs."""

    def __init__(self):
        self.handle = None
        self.text = ""
        self.pieces = []

    @property
    def pid(self):
        return self.handle.pid

    def take(self, piece):
        text = piece.decode(errors="replace") if isinstance(piece, (bytes, bytearray)) else piece
        self.pieces.append(text)
        self.text += text


class Blocking:
    Sandbox = e2b.Sandbox

    def background(self, sandbox, command, **options):
        return self._follow(sandbox.commands.run(command, background=True, **options))

    def reconnect(self, sandbox, pid):
        return self._follow(sandbox.commands.connect(pid, timeout=0))

    def terminal(self, sandbox, cols=80, rows=24, **options):
        return self._follow(sandbox.pty.create(e2b.PtySize(rows=rows, cols=cols), timeout=0, **options))

    def reconnect_terminal(self, sandbox, pid):
        return self._follow(sandbox.pty.connect(pid, timeout=0))

    def _follow(self, handle):
        running = Running()
        running.handle = handle
        ended = threading.Event()
        outcome = {}

        def wait():
            try:
                outcome["result"] = handle.wait(on_pty=running.take, on_stdout=running.take, on_stderr=running.take)
            except BaseException as e:
                outcome["error"] = e
            ended.set()

        threading.Thread(target=wait, daemon=True).start()

        def end():
            if not ended.wait(DEADLINE_SECONDS):
                raise AssertionError("the process has not ended")
            if "error" in outcome:
                raise outcome["error"]
            return outcome["result"]

        running.end = end
        return running

    def watch(self, sandbox, path, **options):
        handle = sandbox.files.watch_dir(path, **options)
        seen = []

        def events():
            seen.extend(handle.get_new_events())
            return seen

        return events, handle.stop

    def stream_input(self, part, pid, chunks):
        part.stream_input(pid, iter(chunks))

    def joined(self, stream):
        return b"".join(stream)


class Async:
    def __init__(self):
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self.Sandbox = self._wrap(e2b.AsyncSandbox)

    def run(self, function, *arguments, **options):
        async def call():
            result = function(*arguments, **options)
            return await result if inspect.isawaitable(result) else result

        return self._wrap(asyncio.run_coroutine_threadsafe(call(), self._loop).result(DEADLINE_SECONDS))

    def _wrap(self, value):
        if type(value) is list:
            return [self._wrap(part) for part in value]
        module = value.__module__ if inspect.isclass(value) else type(value).__module__
        return Waiting(self, value) if str(module).startswith("e2b.sandbox_async") else value

    def background(self, sandbox, command, **options):
        running = Running()
        running.handle = sandbox.commands.run(command, background=True, on_stdout=running.take, on_stderr=running.take, **options)
        running.end = running.handle.wait
        return running

    def reconnect(self, sandbox, pid):
        running = Running()
        running.handle = sandbox.commands.connect(pid, timeout=0, on_stdout=running.take, on_stderr=running.take)
        running.end = running.handle.wait
        return running

    def terminal(self, sandbox, cols=80, rows=24, **options):
        running = Running()
        running.handle = sandbox.pty.create(e2b.PtySize(rows=rows, cols=cols), on_data=running.take, timeout=0, **options)
        running.end = running.handle.wait
        return running

    def reconnect_terminal(self, sandbox, pid):
        running = Running()
        running.handle = sandbox.pty.connect(pid, on_data=running.take, timeout=0)
        running.end = running.handle.wait
        return running

    def watch(self, sandbox, path, **options):
        seen = []
        handle = sandbox.files.watch_dir(path, on_event=seen.append, timeout=0, **options)
        return lambda: seen, handle.stop

    def stream_input(self, part, pid, chunks):
        handle = part.stream_input(pid)
        for chunk in chunks:
            handle.send(chunk)
        handle.close()

    def joined(self, stream):
        async def join():
            return b"".join([piece async for piece in stream])

        return self.run(join)


class Waiting:
    """An object of the asynchronous interface whose methods wait for their result."""

    def __init__(self, mode, inner):
        self._mode = mode
        self._inner = inner

    def __getattr__(self, name):
        value = getattr(self._inner, name)
        if inspect.isroutine(value):
            return lambda *arguments, **options: self._mode.run(value, *arguments, **options)
        return self._mode._wrap(value)


BLOCKING = Blocking()
ASYNC = Async()
