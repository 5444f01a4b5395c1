package dev.caisson.app.setup;

import dev.caisson.app.server.AppException;
import dev.caisson.app.server.ServerProcess;
import dev.caisson.app.server.Settings;
import dev.caisson.base.Category;
import dev.caisson.base.Installation;
import dev.caisson.engine.EngineException;
import dev.caisson.engine.gvisor.GvisorConfig;
import dev.caisson.engine.gvisor.GvisorEngine;
import dev.caisson.linux.ControlGroups;
import dev.caisson.linux.Mounts;
import dev.caisson.network.NamespaceSlotPool;
import dev.caisson.network.SlotSettings;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Removes an installation: sandboxes, network, mounts, control groups, kernel settings, files, user group, service. Can be
 * repeated after a failure; what is gone already is fine.
 */
public final class Teardown {
    private static final Duration GROUP_PATIENCE = Duration.ofSeconds(5);
    private final Installation installation;

    public Teardown(Installation installation) {
        this.installation = installation;
    }

    /**
     * Part after part; what fails stops it, with everything that the rest and the next try need still in place.
     *
     * @throws AppException {@code NOT_FOUND} if the data folder is not an installation's, and then nothing is touched
     */
    public void run() {
        if (!Settings.isKept(installation.data())) {
            throw new AppException(Category.NOT_FOUND, "there is no Caisson at " + installation.data() + "; nothing was removed");
        }
        new SystemdUnit(installation).remove();
        new ServerProcess(installation).stop();
        endSandboxes();
        new NamespaceSlotPool(installation, SlotSettings.defaults()).dismantle();
        unmount();
        removeGroups();
        var settings = KernelSettings.ofThisMachine();
        new ChangedSettings(settings, installation.data()).restore();
        new UserGroup(installation).remove();
        remove(installation.run());
        removeData();
    }

    /** By any build that is there: ending a sandbox needs no particular one. */
    private void endSandboxes() {
        for (var build : builds()) {
            try (var engine = new GvisorEngine(installation, build, GvisorConfig.standard())) {
                engine.remains().forEach(engine::remove);
                return;
            } catch (EngineException e) {
                if (e.category() != Category.UNSUPPORTED) {
                    throw e;
                }
            }
        }
        if (!ControlGroups.ofThisMachine().children("/" + installation.name() + "/gvisor").isEmpty()) {
            throw new AppException(
                    Category.CONFLICT, "sandboxes run and no complete build of the engine is left to end them; run `caisson up`, then this again");
        }
    }

    private List<Path> builds() {
        try (var folders = Files.list(installation.engines().resolve("gvisor"))) {
            return folders.filter(Files::isDirectory).toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private void unmount() {
        Mounts.below(installation.run()).reversed().forEach(mount -> Mounts.detach(mount.point()));
    }

    private void removeGroups() {
        var groups = ControlGroups.ofThisMachine();
        groups.remove("/" + installation.name() + "/gvisor", GROUP_PATIENCE);
        groups.remove("/" + installation.name(), GROUP_PATIENCE);
    }

    /** What says whose folder it is goes last, so that a removal that breaks off can be repeated. */
    private void removeData() {
        try (var children = Files.list(installation.data())) {
            children.filter(child -> !Settings.isFile(child)).forEach(Teardown::remove);
        } catch (IOException e) {
            throw failure(installation.data(), e);
        }
        remove(installation.data());
    }

    /** Never follows a link; everything that was mounted below has been unmounted before. */
    private static void remove(Path file) {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            walk(file);
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    private static AppException failure(Path path, IOException cause) {
        return new AppException(Category.INTERNAL, "could not remove " + path + ": " + cause.getMessage() + "; run this again", cause);
    }

    private static void walk(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
