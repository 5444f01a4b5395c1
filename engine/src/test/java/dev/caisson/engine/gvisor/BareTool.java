package dev.caisson.engine.gvisor;

import dev.caisson.base.Installation;
import dev.caisson.engine.SandboxSpec;
import dev.caisson.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The tool run by hand as a person would: create, start, delete, in the root file system and limits that the engine gives. */
final class BareTool {
    private final Places places;
    private final RootMounts mounts;
    private final Path program;

    BareTool(Installation installation, Path build) {
        this.places = Places.of(installation);
        this.mounts = new RootMounts(places, new SharedLayers(places));
        this.program = build.resolve("runsc");
    }

    void round(SandboxSpec spec, Runnable awaitAnswer, Figures figures) throws IOException {
        Files.createDirectory(places.sandbox(spec.id()));
        long begun = System.nanoTime();
        mounts.mount(spec);
        figures.add("bare: mounts", begun);
        Files.write(places.spec(spec.id()),
                ContainerSpec.json(spec, places.root(spec.id()), places.group(spec.id())));
        begun = System.nanoTime();
        run(spec, "create", "--bundle=" + places.sandbox(spec.id()), spec.id());
        figures.add("bare: create", begun);
        run(spec, "start", spec.id());
        figures.add("bare: create + start", begun);
        awaitAnswer.run();
        figures.add("bare: create to first answer", begun);
        begun = System.nanoTime();
        run(spec, "delete", "--force", spec.id());
        figures.add("bare: delete", begun);
        mounts.unmount(spec.id());
    }

    private void run(SandboxSpec spec, String... arguments) {
        var all = new ArrayList<>(Tool.flags(places));
        all.addAll(List.of(arguments));
        Command.of(program, all).withOutputTo(places.log(spec.id())).run();
    }
}
