package dev.caisson.app.setup;

import dev.caisson.app.server.AppException;
import dev.caisson.app.server.Images;
import dev.caisson.app.server.Program;
import dev.caisson.base.Category;
import dev.caisson.base.Installation;
import dev.caisson.image.AgentLayers;
import dev.caisson.image.ContentHash;
import dev.caisson.image.Progress;
import java.nio.file.Path;
import java.util.Optional;

/** The program's guest agent as a layer. Packing takes milliseconds and gives the same layer for the same agent. */
final class AgentLayer implements SetupStep {
    private final Installation installation;
    private final Path agent;
    private Optional<ContentHash> packed = Optional.empty();

    AgentLayer(Installation installation, Program program) {
        this.installation = installation;
        this.agent = program.guestAgent();
    }

    @Override
    public String name() {
        return "the guest agent";
    }

    /** Packed anew every time: what it costs is less than finding out whether it changed. */
    @Override
    public boolean isDone() {
        return packed.isPresent();
    }

    @Override
    public void run(Progress progress) {
        packed = Optional.of(AgentLayers.pack(agent, installation.data().resolve("work"), Images.of(installation).layers(), progress));
    }

    String hash() {
        return packed.orElseThrow(() -> new AppException(Category.INTERNAL, "the guest agent was not packed")).hex();
    }
}
