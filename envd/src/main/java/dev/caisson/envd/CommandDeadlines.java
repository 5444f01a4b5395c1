package dev.caisson.envd;

import dev.caisson.base.SandboxId;
import dev.caisson.envd.connect.Alarms;
import dev.caisson.envd.connect.Deadline;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The deadlines of commands by sandbox: while one is paused no time passes for them. They are not kept beyond the server. Safe for
 * use by many threads.
 */
final class CommandDeadlines {
    private final Alarms alarms;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<SandboxId, Set<Command>> commands = new HashMap<>();
    private final Set<SandboxId> held = new HashSet<>();

    /** One command's: counted while there is an alarm, held otherwise. */
    private final class Command implements Alarms.Alarm {
        private final SandboxId sandbox;
        private final Runnable kill;
        private Deadline deadline;
        private Duration left = Duration.ZERO;
        private Alarms.Alarm alarm = () -> {};

        Command(SandboxId sandbox, Deadline deadline, Runnable kill) {
            this.sandbox = sandbox;
            this.deadline = deadline;
            this.kill = kill;
        }

        void count() {
            alarm = alarms.at(deadline, kill);
        }

        void hold() {
            alarm.close();
            left = deadline.remaining();
        }

        void countOn() {
            deadline = Deadline.after(left);
            count();
        }

        @Override
        public void close() {
            lock.lock();
            try {
                alarm.close();
                var others = commands.get(sandbox);
                if (others != null && others.remove(this) && others.isEmpty()) {
                    commands.remove(sandbox);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    CommandDeadlines(Alarms alarms) {
        this.alarms = alarms;
    }

    /**
     * Runs {@code kill} when the sandbox has run for as long as is left until the deadline; never if there is none. Again, if that is
     * just when it is paused, after the pause.
     *
     * @return to be closed when the command is over, whatever ended it
     */
    Alarms.Alarm at(SandboxId sandbox, Deadline deadline, Runnable kill) {
        if (!deadline.exists()) {
            return () -> {};
        }
        var command = new Command(sandbox, deadline, kill);
        lock.lock();
        try {
            commands.computeIfAbsent(sandbox, same -> new HashSet<>()).add(command);
            if (held.contains(sandbox)) {
                command.hold();
            } else {
                command.count();
            }
        } finally {
            lock.unlock();
        }
        return command;
    }

    /** No time passes for its commands until {@link #goesOn}. */
    void standsStill(SandboxId sandbox) {
        lock.lock();
        try {
            if (held.add(sandbox)) {
                commands.getOrDefault(sandbox, Set.of()).forEach(Command::hold);
            }
        } finally {
            lock.unlock();
        }
    }

    void goesOn(SandboxId sandbox) {
        lock.lock();
        try {
            if (held.remove(sandbox)) {
                commands.getOrDefault(sandbox, Set.of()).forEach(Command::countOn);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Its commands have ended with it. */
    void ended(SandboxId sandbox) {
        lock.lock();
        try {
            held.remove(sandbox);
            var gone = commands.remove(sandbox);
            if (gone != null) {
                gone.forEach(Command::hold);
            }
        } finally {
            lock.unlock();
        }
    }
}
