"""PROTOCOL.md §6: files, folders, links, attributes; contract/envd.md §5.1-5.3."""

import errno
import os
import socket
import stat
import threading

from agent import *


class FileTest(AgentTest):
    def setUp(self):
        self.work = self.path(self.id().rsplit(".", 1)[1][:60])
        os.mkdir(self.work)

    def at(self, *names):
        return os.path.join(self.work, *names)

    def put(self, name, content=b""):
        os.makedirs(os.path.dirname(self.at(name)), exist_ok=True)
        with open(self.at(name), "wb") as f:
            f.write(content)
        return self.at(name)

    def content(self, path):
        with open(path, "rb") as f:
            return f.read()

    def stat(self, path, user=""):
        answer = self.agent.ask(STAT, string(user) + string(path))
        entry = answer.entry()
        answer.done()
        return entry

    def list(self, path, depth=1, user=""):
        with self.agent.link() as link:
            return [frame.entry() for frame in link.collect(LIST, string(user) + string(path) + u32(depth), ENTRIES)
                    for _ in range(frame.u32())]


class Transfers(FileTest):
    def test_what_was_written_is_read_again_at_every_size(self):
        for size in (0, 1, 65535, 65536, 65537, 262144, 300001, 5_000_000):
            data = os.urandom(size)
            entry = self.agent.write(self.at("f"), data)
            self.assertEqual((entry["size"], entry["path"], entry["type"]), (size, self.at("f"), 1))
            entry, back = self.agent.read(self.at("f"))
            self.assertEqual((entry["size"], back), (size, data))

    def test_parts_of_a_file(self):
        self.put("f", bytes(range(256)) * 1000)
        whole = bytes(range(256)) * 1000
        for offset, length in ((0, 0), (0, 10), (255999, 10), (256000, 10), (999999, 5), (70000, 100000), (5, -1)):
            expected = whole[offset:] if length < 0 else whole[offset:offset + length]
            self.assertEqual(self.agent.read(self.at("f"), offset, length)[1], expected, (offset, length))

    def test_files_without_a_size_are_read_to_their_end(self):
        self.assertIn(b"processor", self.agent.read("/proc/cpuinfo")[1])

    def test_a_link_is_read_through_and_says_the_size_of_its_target(self):
        self.put("f", b"12345678")
        os.symlink("f", self.at("l"))
        entry, content = self.agent.read(self.at("l"))
        self.assertEqual((entry["size"], entry["link"], entry["target"], content), (8, 1, self.at("f"), b"12345678"))
        self.agent.write(self.at("l"), b"new")
        self.assertEqual(self.content(self.at("f")), b"new")
        self.assertTrue(os.path.islink(self.at("l")))

    def test_writing_through_a_link_to_nothing_makes_its_target(self):
        os.symlink("later", self.at("l"))
        self.agent.write(self.at("l"), b"x")
        self.assertEqual(self.content(self.at("later")), b"x")

    def test_errors_of_reading(self):
        with self.refused(NOT_FOUND, errno.ENOENT) as refusal:
            self.agent.read(self.at("none"))
        self.assertEqual(refusal.error.path, self.at("none"))
        with self.refused(INVALID, errno.EISDIR):
            self.agent.read(self.work)
        with self.refused(UNAUTHENTICATED):
            self.agent.read(self.work, user="nosuchuser")

    def test_errors_of_writing_leave_the_connection_ready(self):
        self.put("file")
        with self.agent.link() as link:
            for path, category, number in ((self.work, INVALID, errno.EISDIR), (self.at("file", "below"), INVALID, errno.ENOTDIR),
                                           ("~other/x", INVALID, None), (self.at("n" * 300), INVALID, errno.ENAMETOOLONG)):
                link.raw(link.make(WRITE, string("") + string(path) + mapping({})) + link.make(DATA, b"lost" * 1000) * 30
                         + link.make(END))
                with self.refused(category, number):
                    link.expect(DONE)
                link.ask(PING)

    @needs_root
    def test_a_full_disk_is_exhausted_and_found_out_early(self):
        os.mkdir(self.at("small"))
        os.system(f"mount -t tmpfs -o size=1m tmpfs {self.at('small')}")
        try:
            full = Agent()
            try:
                with full.link() as link:
                    link.send(WRITE, string("") + string(self.at("small", "f")) + mapping({}))
                    with self.refused(EXHAUSTED, errno.ENOSPC):
                        for _ in range(200):
                            link.send(DATA, b"y" * 65536)
                            link.socket.settimeout(0.001)
                            try:
                                link.expect(DONE)
                            except TimeoutError:
                                link.socket.settimeout(20)
                        link.socket.settimeout(20)
                        link.send(END)
                        link.expect(DONE)
                    link.socket.settimeout(20)
                    link.send(END)
                    link.ask(PING)
                self.assertEqual(os.path.getsize(self.at("small", "f")) // 65536, 16)
            finally:
                full.stop()
        finally:
            os.system(f"umount {self.at('small')}")

    def test_a_host_that_leaves_in_the_middle_leaves_what_was_written(self):
        link = self.agent.link()
        link.send(WRITE, string("") + string(self.at("f")) + mapping({}))
        link.send(DATA, b"half")
        wait_until(lambda: os.path.exists(self.at("f")) and os.path.getsize(self.at("f")) == 4, "it is written")
        link.close()
        self.agent.ask(PING)
        self.assertEqual(self.content(self.at("f")), b"half")

    def test_a_reader_that_leaves_in_the_middle_does_no_harm(self):
        with open(self.at("large"), "wb") as f:
            f.truncate(100_000_000)
        for _ in range(5):
            link = self.agent.link()
            link.send(READ, string("") + string(self.at("large")) + u64(0) + i64(-1))
            link.expect(ENTRY)
            link.expect(DATA)
            link.close()

    def test_anything_but_data_in_a_transfer_closes_the_connection(self):
        with self.agent.link() as link:
            link.send(WRITE, string("") + string(self.at("f")) + mapping({}))
            link.send(PING)
            with self.assertRaises((Closed, ConnectionError)):
                link.expect(DONE)

    @needs_root
    def test_owners_and_modes_of_what_is_new_and_what_is_kept(self):
        self.agent.write(self.at("a/b/f"), b"x", user="alice")
        for path, mode in ((self.at("a"), 0o755), (self.at("a/b"), 0o755), (self.at("a/b/f"), 0o644)):
            s = os.stat(path)
            self.assertEqual((s.st_uid, s.st_gid, stat.S_IMODE(s.st_mode)), (4201, 4201, mode), path)
        os.chmod(self.at("a/b/f"), 0o600)
        self.agent.write(self.at("a/b/f"), b"y", user="root")
        s = os.stat(self.at("a/b/f"))
        self.assertEqual((s.st_uid, stat.S_IMODE(s.st_mode)), (0, 0o600))
        self.assertEqual(os.stat(self.work).st_uid, 0)

    def test_many_at_once_into_one_new_folder(self):
        errors = []

        def upload(i):
            try:
                self.agent.write(self.at("new/deep", str(i)), str(i).encode())
            except Exception as e:  # told to the test's own thread
                errors.append(e)
        threads = [threading.Thread(target=upload, args=(i,)) for i in range(40)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(errors, [])
        self.assertEqual(len(os.listdir(self.at("new/deep"))), 40)

    def test_stalled_transfers_do_not_keep_others_waiting(self):
        stalled = []
        for i in range(100):
            link = self.agent.link()
            link.send(WRITE, string("") + string(self.at(f"s{i}")) + mapping({}))
            stalled.append(link)
        self.agent.write(self.at("quick"), b"x")
        for link in stalled:
            link.close()


class Metadata(FileTest):
    def setUp(self):
        super().setUp()
        try:
            os.setxattr(self.work, "user.probe", b"1")
        except OSError:
            self.skipTest("the file system has no user attributes")

    def test_it_is_replaced_as_a_whole_by_each_write(self):
        self.assertEqual(self.agent.write(self.at("f"), b"x", metadata={"a": "1", "b": "ü"})["metadata"], {"a": "1", "b": "ü"})
        self.assertEqual(os.getxattr(self.at("f"), "user.e2b.b"), "ü".encode())
        os.setxattr(self.at("f"), "user.other", b"kept")
        self.assertEqual(self.agent.write(self.at("f"), b"x", metadata={"c": "3"})["metadata"], {"c": "3"})
        self.assertEqual(self.agent.write(self.at("f"), b"x")["metadata"], {})
        self.assertEqual(os.getxattr(self.at("f"), "user.other"), b"kept")

    def test_what_is_not_utf8_is_left_out(self):
        self.put("f")
        os.setxattr(self.at("f"), "user.e2b.good", b"yes")
        for i, value in enumerate((b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82")):
            os.setxattr(self.at("f"), f"user.e2b.bad{i}", value)
        self.assertEqual(self.stat(self.at("f"))["metadata"], {"good": "yes"})

    def test_a_key_too_long_is_invalid_and_nothing_is_written(self):
        with self.refused(INVALID):
            self.agent.write(self.at("f"), b"x", metadata={"k" * 300: "v"})

    def test_moving_keeps_it(self):
        self.agent.write(self.at("f"), b"x", metadata={"a": "1"})
        entry = self.agent.ask(MOVE, string("") + string(self.at("f")) + string(self.at("sub/g"))).entry()
        self.assertEqual((entry["name"], entry["metadata"]), ("g", {"a": "1"}))

    def test_attributes_in_full(self):
        self.put("f")
        target = string("") + string(self.at("f"))
        self.agent.ask(SET_ATTRIBUTE, target + u8(1) + string("user.raw") + u8(1) + string(b"\0\xff"))
        answer = self.agent.ask(ATTRIBUTES, target + u8(1))
        self.assertEqual({answer.string(): answer.bytes() for _ in range(answer.u32())}, {"user.raw": b"\0\xff"})
        self.agent.ask(SET_ATTRIBUTE, target + u8(0) + string("user.raw") + u8(0))
        self.assertEqual(os.listxattr(self.at("f")), [])
        with self.refused(INTERNAL, errno.ENODATA):
            self.agent.ask(SET_ATTRIBUTE, target + u8(1) + string("user.raw") + u8(0))


class Entries(FileTest):
    def test_a_file(self):
        self.put("f", b"123")
        os.chmod(self.at("f"), 0o4751)
        os.utime(self.at("f"), ns=(1, 1_600_000_000_123_456_789))
        e = self.stat(self.at("f"))
        self.assertEqual((e["name"], e["path"], e["type"], e["link"], e["mode"], e["size"], e["modified"]),
                         ("f", self.at("f"), 1, 0, 0o4751, 3, (1_600_000_000, 123_456_789)))
        self.assertEqual(e["raw"], os.stat(self.at("f")).st_mode)
        self.assertEqual((e["uid"], e["target"]), (os.getuid(), None))

    def test_links_have_the_type_and_mode_of_what_they_point_at(self):
        os.mkdir(self.at("d"))
        os.chmod(self.at("d"), 0o750)
        os.symlink("d", self.at("one"))
        os.symlink(self.at("one"), self.at("two"))
        e = self.stat(self.at("two"))
        self.assertEqual((e["type"], e["link"], e["mode"], e["target"]), (2, 1, 0o750, self.at("d")))
        self.assertTrue(stat.S_ISLNK(e["raw"]))

    def test_broken_and_circular_links(self):
        os.symlink("nowhere", self.at("broken"))
        os.symlink("circle", self.at("circle"))
        for name in ("broken", "circle"):
            e = self.stat(self.at(name))
            self.assertEqual((e["type"], e["link"], e["mode"], e["target"]), (0, 1, 0, self.at(name)))

    def test_other_kinds(self):
        os.mkfifo(self.at("fifo"))
        self.assertEqual(self.stat(self.at("fifo"))["type"], 0)
        self.assertEqual(self.stat("/dev/null")["type"], 0)
        self.assertEqual(self.agent.read(self.at("fifo"))[1], b"")

    def test_paths_are_not_normalised_and_names_are_the_last_part(self):
        e = self.stat(self.work + "/")
        self.assertEqual((e["path"], e["name"]), (self.work + "/", os.path.basename(self.work)))
        self.assertEqual(self.stat("/")["name"], "/")
        self.assertEqual(self.stat("/tmp/../tmp")["path"], "/tmp/../tmp")

    @needs_root
    def test_owners_by_name_or_number(self):
        self.put("f")
        os.chown(self.at("f"), 4201, 4302)
        self.assertEqual([self.stat(self.at("f"))[k] for k in ("owner", "group", "uid", "gid")], ["alice", "writers", 4201, 4302])
        os.chown(self.at("f"), 777777, 888888)
        self.assertEqual([self.stat(self.at("f"))[k] for k in ("owner", "group")], ["777777", "888888"])

    @needs_root
    def test_relative_paths_are_below_the_users_home(self):
        self.agent.write("sub/f", b"x", user="alice")
        self.assertEqual(self.content(os.path.join(self.agent.home, "sub/f")), b"x")
        self.assertEqual(self.stat("~/sub/f", user="alice")["path"], os.path.join(self.agent.home, "sub/f"))
        self.assertEqual(self.stat("x/../sub/./f", user="alice")["path"], os.path.join(self.agent.home, "sub/f"))
        self.assertEqual(self.stat("", user="alice")["path"], self.agent.home)
        self.assertEqual(self.stat("~", user="alice")["path"], self.agent.home)

    def test_errors(self):
        for path, category, number in ((self.at("none"), NOT_FOUND, errno.ENOENT), ("/" + "x" * 4095, INVALID, errno.ENAMETOOLONG),
                                       ("/etc/passwd/x", INVALID, errno.ENOTDIR), ("~root", INVALID, None)):
            with self.refused(category, number):
                self.stat(path)

    def test_names_that_are_not_utf8_pass_unchanged(self):
        self.put("x")
        os.rename(self.at("x"), os.fsencode(self.at("")) + b"\xff\xfe")
        self.assertEqual([os.fsencode(e["name"]) for e in self.list(self.work)], [b"\xff\xfe"])


class Listing(FileTest):
    def setUp(self):
        super().setUp()
        for name in ("subdir2/x", "subdir1/subdir1_1/deep", "subdir1/subdir1_2/f", "file1", "Zeta", "\u00e9"):
            self.put(name)

    def names(self, path, depth):
        return [os.path.relpath(e["path"], path) for e in self.list(path, depth)]

    def test_preorder_sorted_by_bytes_to_a_depth(self):
        self.assertEqual(self.names(self.work, 1), ["Zeta", "file1", "subdir1", "subdir2", "\u00e9"])
        self.assertEqual(self.names(self.work, 0), self.names(self.work, 1))
        self.assertEqual(self.names(self.work, 2),
                         ["Zeta", "file1", "subdir1", "subdir1/subdir1_1", "subdir1/subdir1_2", "subdir2", "subdir2/x", "\u00e9"])
        self.assertEqual(len(self.names(self.work, 0xFFFFFFFF)), 10)

    def test_a_linked_root_is_followed_and_inner_links_are_not(self):
        os.symlink("subdir1", self.at("link"))
        self.assertEqual([e["path"] for e in self.list(self.at("link"), 1)],
                         [self.at("link/subdir1_1"), self.at("link/subdir1_2")])
        listed = {e["name"]: e for e in self.list(self.work, 9)}
        self.assertEqual((listed["link"]["type"], listed["link"]["link"]), (2, 1))
        self.assertEqual(len(listed), 11)

    def test_errors(self):
        os.symlink("circle", self.at("circle"))
        for name, category, number in (("none", NOT_FOUND, errno.ENOENT), ("file1", INVALID, errno.ENOTDIR),
                                       ("circle", INVALID, errno.ELOOP)):
            with self.refused(category, number):
                self.list(self.at(name))

    def test_a_large_folder_comes_in_many_frames(self):
        os.mkdir(self.at("large"))
        for i in range(3000):
            os.close(os.open(self.at("large", f"{i:05d}-" + "n" * 100), os.O_CREAT))
        self.assertEqual([e["name"][:5] for e in self.list(self.at("large"))], [f"{i:05d}" for i in range(3000)])

    def test_a_deep_tree(self):
        path = self.at("d")
        os.mkdir(path)
        while len(path) < 3900:
            path += "/d"
            os.mkdir(path)
        self.assertEqual(len(self.list(self.at("d"), 100000)), (len(path) - len(self.at("d"))) // 2)
        self.agent.ask(REMOVE, string("") + string(self.at("d")))
        self.assertFalse(os.path.exists(self.at("d")))

    def test_a_tree_that_changes_while_it_is_listed(self):
        stop = threading.Event()

        def churn():
            while not stop.is_set():
                self.put("churn/a/b/c")
                os.system(f"rm -rf {self.at('churn')}")
        thread = threading.Thread(target=churn)
        thread.start()
        try:
            for _ in range(100):
                self.list(self.work, 9)
        finally:
            stop.set()
            thread.join()


class Changes(FileTest):
    def ask(self, kind, *parts):
        return self.agent.ask(kind, string("") + b"".join(string(p) if isinstance(p, str) else p for p in parts))

    def test_make_folder(self):
        e = self.ask(MAKE_FOLDER, self.at("a/b/c"))
        self.assertEqual((e.entry()["type"], stat.S_IMODE(os.stat(self.at("a/b")).st_mode)), (2, 0o755))
        with self.refused(CONFLICT, errno.EEXIST):
            self.ask(MAKE_FOLDER, self.at("a/b/c"))
        self.put("file")
        with self.refused(INVALID, errno.ENOTDIR):
            self.ask(MAKE_FOLDER, self.at("file"))
        with self.refused(INVALID, errno.ENOTDIR):
            self.ask(MAKE_FOLDER, self.at("file/x"))
        os.symlink("a", self.at("l"))
        self.ask(MAKE_FOLDER, self.at("l/new/"))
        self.assertTrue(os.path.isdir(self.at("a/new")))

    @needs_root
    def test_a_new_folder_belongs_to_the_user(self):
        self.agent.ask(MAKE_FOLDER, string("alice") + string(self.at("x/y")))
        self.assertEqual([os.stat(self.at(p)).st_uid for p in ("x", "x/y", "")], [4201, 4201, 0])

    def test_move(self):
        self.put("f", b"1")
        self.put("g", b"2")
        self.assertEqual(self.ask(MOVE, self.at("f"), self.at("g")).entry()["path"], self.at("g"))
        self.assertEqual(self.content(self.at("g")), b"1")
        with self.refused(NOT_FOUND, errno.ENOENT):
            self.ask(MOVE, self.at("none"), self.at("made/x"))
        self.assertTrue(os.path.isdir(self.at("made")))
        self.put("full/x")
        os.mkdir(self.at("dir"))
        with self.refused(INTERNAL, errno.ENOTEMPTY):
            self.ask(MOVE, self.at("dir"), self.at("full"))

    def test_remove(self):
        self.put("tree/a/b/c", b"x")
        self.put("outside/kept")
        os.symlink(self.at("outside"), self.at("tree/a/link"))
        os.symlink(self.at("outside"), self.at("link"))
        self.ask(REMOVE, self.at("tree"))
        self.assertFalse(os.path.exists(self.at("tree")))
        self.ask(REMOVE, self.at("link/"))
        self.assertFalse(os.path.lexists(self.at("link")))
        self.assertTrue(os.path.exists(self.at("outside/kept")))
        self.ask(REMOVE, self.at("none"))
        self.ask(REMOVE, self.at("none/none"))
        self.ask(REMOVE, self.at("outside/kept"))
        self.assertEqual(os.listdir(self.at("outside")), [])

    def test_remove_of_many(self):
        for i in range(30):
            for k in range(30):
                self.put(f"many/{i}/{k}")
        self.ask(REMOVE, self.at("many"))
        self.assertFalse(os.path.exists(self.at("many")))

    def test_links(self):
        self.put("f", b"x")
        e = self.ask(LINK, self.at("sub/soft"), "../f", u8(0)).entry()
        self.assertEqual((e["link"], e["target"]), (1, self.at("f")))
        self.assertEqual(self.ask(READ_LINK, self.at("sub/soft")).string(), "../f")
        self.ask(LINK, self.at("hard"), self.at("f"), u8(1))
        self.assertEqual(os.stat(self.at("hard")).st_nlink, 2)
        with self.refused(CONFLICT, errno.EEXIST):
            self.ask(LINK, self.at("hard"), "x", u8(0))
        with self.refused(INVALID, errno.EINVAL):
            self.ask(READ_LINK, self.at("f"))

    def change(self, path, follow=1, mode=None, owner=None, group=None, accessed=None, modified=None):
        moment = lambda t: i64(t[0]) + u32(t[1])
        return self.ask(CHANGE, path, u8(follow), optional(mode, u16), optional(owner, string), optional(group, string),
                        optional(accessed, moment), optional(modified, moment)).entry()

    def test_modes_and_times(self):
        self.put("f")
        e = self.change(self.at("f"), mode=0o4701, modified=(1_500_000_000, 5))
        self.assertEqual((e["mode"], e["modified"]), (0o4701, (1_500_000_000, 5)))
        before = os.stat(self.at("f")).st_mtime_ns
        self.change(self.at("f"), accessed=(1, 2))
        s = os.stat(self.at("f"))
        self.assertEqual((s.st_mtime_ns, s.st_atime_ns), (before, 1_000_000_002))
        os.symlink("f", self.at("l"))
        self.change(self.at("l"), follow=0, modified=(7, 0))
        self.assertEqual((os.lstat(self.at("l")).st_mtime_ns, os.stat(self.at("f")).st_mtime_ns), (7_000_000_000, before))
        with self.refused(INTERNAL, errno.EOPNOTSUPP):
            self.change(self.at("l"), follow=0, mode=0o600)
        with self.refused(INVALID):
            self.change(self.at("f"), mode=0o17777)
        with self.refused(INVALID):
            self.change(self.at("f"), modified=(1, 1_000_000_000))

    @needs_root
    def test_owners(self):
        self.put("f")
        e = self.change(self.at("f"), owner="alice", group="writers", mode=0o4755)
        self.assertEqual((e["owner"], e["group"], e["mode"]), ("alice", "writers", 0o4755))
        self.assertEqual(self.change(self.at("f"), owner="12345")["owner"], "12345")
        with self.refused(INVALID):
            self.change(self.at("f"), owner="nosuchuser")
