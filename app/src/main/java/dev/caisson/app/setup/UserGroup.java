package dev.caisson.app.setup;

import dev.caisson.image.Progress;
import dev.caisson.linux.Command;

/** The user group whose members may read the API key. */
final class UserGroup implements SetupStep {
    private final String group;

    UserGroup(String group) {
        this.group = group;
    }

    @Override
    public String name() {
        return "the user group " + group;
    }

    @Override
    public boolean isDone() {
        return Command.ofSystem("getent", "group", group).runAnyExit().exitCode() == 0;
    }

    @Override
    public void run(Progress progress) {
        Command.ofSystem("groupadd", "--system", group).run();
    }

    void remove() {
        if (isDone()) {
            Command.ofSystem("groupdel", group).run();
        }
    }
}
