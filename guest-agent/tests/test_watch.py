"""PROTOCOL.md §7: watches and watchers; contract/envd.md §5.4."""

import errno
import os
import socket

from agent import *


class WatchTest(AgentTest):
    recursive = 0
    entries = 0

    def setUp(self):
        self.work = self.path(self.id().rsplit(".", 1)[1][:60])
        os.mkdir(self.work)
        self.links = []

    def tearDown(self):
        for link in self.links:
            link.close()

    def at(self, *names):
        return os.path.join(self.work, *names)

    def request(self, path=None, recursive=0, entries=0, network=0):
        return string("") + string(path or self.work) + u8(recursive) + u8(entries) + u8(network)

    def watch(self, **options):
        link = self.agent.link()
        self.links.append(link)
        link.ask(WATCH, self.request(**options))
        return link

    @staticmethod
    def event(payload):
        name, kind, cookie = payload.string(), payload.u8(), payload.u32()
        entry = payload.entry() if payload.u8() else None
        payload.done()
        return name, kind, cookie, entry

    def next(self, link):
        return self.event(link.expect(EVENT))

    def events_up_to(self, link, last):
        """(name, kind) of all events up to the creation of a marker that is made now."""
        os.mkdir(os.path.join(self.work, last))
        seen = []
        while True:
            name, kind, _, _ = self.next(link)
            if name == last:
                return seen
            seen.append((name, kind))

    def fetch(self, watcher):
        with self.agent.link() as link:
            return [self.event(e) for e in link.collect(WATCHER_EVENTS, string(watcher), EVENT)]


# Where a CHMOD is expected after CREATE, it is the change of owner, which only root makes.
class Watching(WatchTest):
    @needs_root
    def test_a_new_small_file_is_created_changed_and_written(self):
        link = self.watch()
        self.agent.write(self.at("f"), b"hello")
        self.assertEqual(self.events_up_to(link, "end"), [("f", CREATE), ("f", CHMOD), ("f", CHANGED)])

    @needs_root
    def test_an_empty_file_is_created_and_changed(self):
        link = self.watch()
        self.agent.write(self.at("f"), b"")
        self.assertEqual(self.events_up_to(link, "end"), [("f", CREATE), ("f", CHMOD)])

    @needs_root
    def test_an_overwritten_file_is_changed_truncated_and_written(self):
        for before in (b"before", b""):
            self.agent.write(self.at("f"), before)
            link = self.watch()
            self.agent.write(self.at("f"), b"after")
            seen = self.events_up_to(link, "end")
            # The kernel merges equal neighbours that nobody has read yet.
            self.assertIn(seen, ([("f", CHMOD), ("f", CHANGED), ("f", CHANGED)], [("f", CHMOD), ("f", CHANGED)]))
            os.rmdir(self.at("end"))

    def test_a_rename_comes_as_a_pair_with_one_cookie(self):
        open(self.at("old"), "w").close()
        link = self.watch()
        os.rename(self.at("old"), self.at("new"))
        first, second = self.next(link), self.next(link)
        self.assertEqual((first[:2], second[:2]), (("old", RENAME), ("new", CREATE)))
        self.assertEqual(first[2], second[2])
        self.assertNotEqual(first[2], 0)

    def test_removal_of_the_folder_itself(self):
        link = self.watch()
        os.rmdir(self.work)
        self.assertEqual(self.next(link)[:2], (".", REMOVED))

    def test_changes_of_the_folder_itself(self):
        link = self.watch()
        os.chmod(self.work, 0o700)
        self.assertEqual(self.next(link)[:2], (".", CHMOD))

    def test_not_below_unless_asked(self):
        os.mkdir(self.at("sub"))
        link = self.watch()
        open(self.at("sub/f"), "w").close()
        self.assertEqual(self.events_up_to(link, "end"), [])

    @needs_root
    def test_entries_come_with_what_still_exists(self):
        link = self.watch(entries=1)
        self.agent.write(self.at("f"), b"12345")
        seen = [self.next(link) for _ in range(3)]
        self.assertEqual([e[3]["path"] for e in seen], [self.at("f")] * 3)
        self.assertEqual(seen[2][3]["size"], 5)
        os.remove(self.at("f"))
        self.assertEqual((self.next(link)[1], ), (REMOVED,))

    def test_what_cannot_be_watched(self):
        open(self.at("file"), "w").close()
        for path, category, number in ((self.at("none"), NOT_FOUND, errno.ENOENT), (self.at("file"), INVALID, errno.ENOTDIR)):
            for kind in (WATCH, CREATE_WATCHER):
                with self.refused(category, number):
                    self.agent.ask(kind, self.request(path))

    def test_a_watcher_that_does_not_read_gets_an_overflow_and_the_end(self):
        link = self.watch(entries=1)

        def given_up():
            for i in range(500):
                path = self.at("n" * 240 + str(i))
                os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
                os.remove(path)
            return "anon_inode:inotify" not in self.agent.descriptors()
        # No number of events is certain to be enough: the sockets hold megabytes besides the agent's 2 MiB, and an event
        # is several times larger if its file is still there when the agent looks.
        wait_until(given_up, "the agent gives up watching")
        kinds = set()
        with self.assertRaises(Closed):
            while True:
                kinds.add(self.next(link)[1])
        self.assertIn(OVERFLOW, kinds)


class WatchingTrees(WatchTest):
    def test_folders_there_and_folders_made_later(self):
        os.makedirs(self.at("a/b"))
        link = self.watch(recursive=1)
        open(self.at("a/b/f"), "w").close()
        self.assertEqual(self.next(link)[:2], ("a/b/f", CREATE))
        os.mkdir(self.at("a/new"))
        self.assertEqual(self.next(link)[:2], ("a/new", CREATE))
        open(self.at("a/new/g"), "w").close()
        self.assertEqual(self.next(link)[:2], ("a/new/g", CREATE))

    def test_a_folder_made_quickly_is_watched_to_its_depth(self):
        link = self.watch(recursive=1)
        os.makedirs(self.at("x/y/z"))
        self.assertEqual(self.next(link)[:2], ("x", CREATE))
        self.agent.ask(PING)
        open(self.at("x/y/z/f"), "w").close()
        while self.next(link)[:2] != ("x/y/z/f", CREATE):
            pass

    def test_a_renamed_folder_gives_its_new_name_to_what_is_below(self):
        os.makedirs(self.at("old/deep"))
        link = self.watch(recursive=1)
        os.rename(self.at("old"), self.at("new"))
        self.assertEqual([self.next(link)[:2] for _ in range(2)], [("old", RENAME), ("new", CREATE)])
        open(self.at("new/deep/f"), "w").close()
        self.assertEqual(self.next(link)[:2], ("new/deep/f", CREATE))

    def test_a_folder_moved_away_is_not_watched_any_more(self):
        os.makedirs(self.at("sub/deep"))
        away = self.work + "-away"
        link = self.watch(recursive=1)
        os.rename(self.at("sub"), away)
        self.assertEqual(self.next(link)[:2], ("sub", RENAME))
        open(os.path.join(away, "deep", "f"), "w").close()
        self.assertEqual(self.events_up_to(link, "end"), [])

    def test_a_folder_moved_in_is_watched(self):
        os.makedirs(self.work + "-in/deep")
        link = self.watch(recursive=1)
        os.rename(self.work + "-in", self.at("in"))
        self.assertEqual(self.next(link)[:2], ("in", CREATE))
        self.agent.ask(PING)
        open(self.at("in/deep/f"), "w").close()
        self.assertEqual(self.next(link)[:2], ("in/deep/f", CREATE))

    def test_a_change_of_a_folder_below_is_told_once(self):
        os.mkdir(self.at("sub"))
        link = self.watch(recursive=1)
        os.chmod(self.at("sub"), 0o700)
        os.rmdir(self.at("sub"))
        self.assertEqual(self.events_up_to(link, "end"), [("sub", CHMOD), ("sub", REMOVED)])

    def test_links_to_folders_are_not_followed(self):
        os.mkdir(self.work + "-target")
        os.symlink(self.work + "-target", self.at("link"))
        link = self.watch(recursive=1)
        os.symlink(self.work + "-target", self.at("later"))
        open(os.path.join(self.work + "-target", "f"), "w").close()
        self.assertEqual(self.events_up_to(link, "end"), [("later", CREATE)])


class Watchers(WatchTest):
    def create(self, **options):
        return self.agent.ask(CREATE_WATCHER, self.request(**options)).string()

    def remove(self, watcher):
        self.agent.ask(REMOVE_WATCHER, string(watcher))

    @needs_root
    def test_they_collect_until_they_are_fetched(self):
        watcher = self.create()
        self.assertRegex(watcher, r"^w[a-z0-9]{20}$")
        self.agent.write(self.at("f"), b"x")
        self.assertEqual([e[:2] for e in self.fetch(watcher)], [("f", CREATE), ("f", CHMOD), ("f", CHANGED)])
        self.assertEqual(self.fetch(watcher), [])
        self.remove(watcher)
        for kind in (WATCHER_EVENTS, REMOVE_WATCHER):
            with self.refused(NOT_FOUND):
                self.agent.ask(kind, string(watcher))

    def test_too_many_events_are_an_overflow_that_stays(self):
        watcher = self.create()
        for i in range(5000):
            os.mkdir(self.at(str(i)))
        events = self.fetch(watcher)
        self.assertEqual(len(events), 4097)
        self.assertEqual(events[-1][:2], (".", OVERFLOW))
        self.assertEqual([e[:2] for e in self.fetch(watcher)], [(".", OVERFLOW)])
        self.remove(watcher)

    def test_there_is_a_bound(self):
        watchers = []
        try:
            with self.assertRaises(Refused) as refusal:
                for _ in range(300):
                    watchers.append(self.create())
            self.assertEqual(refusal.exception.category, EXHAUSTED)
        finally:
            for watcher in watchers:
                self.remove(watcher)
