package dev.caisson.app.setup;

import dev.caisson.app.server.AppException;
import dev.caisson.base.Category;
import dev.caisson.base.Installation;
import dev.caisson.image.Progress;
import dev.caisson.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The user group whose members may read the API key. Whoever ran {@code up} by sudo becomes one. */
final class UserGroup implements SetupStep {
    private final String group;
    /** There if this installation made the group, so that one which was there before is not removed. */
    private final Path mark;
    private final Optional<String> person;

    UserGroup(Installation installation) {
        this.group = installation.name();
        this.mark = installation.data().resolve("group-made");
        this.person = Optional.ofNullable(System.getenv("SUDO_USER")).filter(name -> !name.equals("root"));
    }

    @Override
    public String name() {
        return "the user group " + group;
    }

    @Override
    public boolean isDone() {
        return exists() && person.map(this::isMember).orElse(true);
    }

    @Override
    public void run(Progress progress) {
        if (!exists()) {
            mark();
            Command.ofSystem("groupadd", "--system", group).run();
        }
        person.filter(name -> !isMember(name)).ifPresent(name -> Command.ofSystem("usermod", "--append", "--groups", group, name).run());
    }

    void remove() {
        if (Files.exists(mark) && exists()) {
            Command.ofSystem("groupdel", group).run();
        }
    }

    private boolean exists() {
        return Command.ofSystem("getent", "group", group).runAnyExit().exitCode() == 0;
    }

    private boolean isMember(String name) {
        return List.of(Command.ofSystem("id", "-nG", name).runAnyExit().output().strip().split(" ", -1)).contains(group);
    }

    private void mark() {
        try {
            if (!Files.exists(mark)) {
                Files.createFile(mark);
            }
        } catch (IOException e) {
            throw new AppException(Category.INTERNAL, "could not note that the group " + group + " is Caisson's: " + e.getMessage(), e);
        }
    }
}
