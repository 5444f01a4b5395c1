package dev.caisson.app.setup;

import dev.caisson.app.AppException;
import dev.caisson.app.Provision;
import dev.caisson.app.ServerProcess;
import dev.caisson.base.Category;
import dev.caisson.base.CleanupStack;
import dev.caisson.base.Installation;
import dev.caisson.engine.gvisor.GvisorConfig;
import dev.caisson.engine.gvisor.GvisorEngine;
import dev.caisson.linux.ControlGroups;
import dev.caisson.linux.Mounts;
import dev.caisson.network.NamespaceSlotPool;
import dev.caisson.network.SlotSettings;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
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

    /** Every part is tried, also after one failed; the first failure is thrown at the end. */
    public void run() {
        try (var parts = new CleanupStack()) {
            parts.push("remove the user group", () -> new UserGroup(installation.name()).remove());
            parts.push("remove " + installation.data(), () -> remove(installation.data()));
            parts.push("remove " + installation.run(), () -> remove(installation.run()));
            parts.push("give back the kernel settings", () -> new ChangedSettings(KernelSettings.ofThisMachine(), installation.data()).restore());
            parts.push("remove the control groups", this::removeGroups);
            parts.push("unmount everything", this::unmount);
            parts.push("remove the network", () -> new NamespaceSlotPool(installation, SlotSettings.defaults()).dismantle());
            parts.push("end the sandboxes", this::endSandboxes);
            parts.push("stop the server", () -> new ServerProcess(installation).stop());
            parts.push("remove the service", () -> new SystemdUnit(installation).remove());
        }
    }

    private void endSandboxes() {
        Provision provision;
        try {
            provision = Provision.load(installation.data());
        } catch (AppException e) {
            if (e.category() == Category.NOT_FOUND) {
                return;
            }
            throw e;
        }
        try (var engine = new GvisorEngine(installation, provision.engineBuild(), GvisorConfig.standard())) {
            engine.remains().forEach(engine::remove);
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

    /** Never follows a link, never enters another file system. */
    private static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
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
