package dev.caisson.host;

import dev.caisson.host.journal.Journal.GuestDefaults;
import dev.caisson.host.snapshot.SavedState;
import dev.caisson.host.snapshot.SnapshotManifest;
import dev.caisson.image.ContentHash;
import dev.caisson.image.LayerName;
import dev.caisson.image.TemplateBuild;
import dev.caisson.node.ShownTemplate;
import java.util.ArrayList;
import java.util.List;

/** What a new sandbox is made from. */
sealed interface Origin {

    /** What it is called where nobody says otherwise. */
    ShownTemplate shown();

    /**
     * Of its root, topmost first.
     *
     * @param agent the layer with this server's agent
     */
    List<LayerName> layers(ContentHash agent);

    /** What the agent is told where it boots; a request adds to the environment. */
    GuestDefaults guest();

    int cpus();

    long memoryBytes();

    long diskBytes();

    /** What is in the guest's memory from the start. */
    long imageBytes();

    /** A template: the guest boots. */
    record Template(TemplateBuild build) implements Origin {
        @Override
        public ShownTemplate shown() {
            return new ShownTemplate(build.templateId(), build.names());
        }

        @Override
        public List<LayerName> layers(ContentHash agent) {
            var layers = new ArrayList<LayerName>();
            layers.add(new LayerName.Packed(agent));
            build.layers().forEach(layer -> layers.add(new LayerName.Packed(layer)));
            return layers;
        }

        @Override
        public GuestDefaults guest() {
            return new GuestDefaults(build.user(), build.workdir(), build.environment());
        }

        @Override
        public int cpus() {
            return build.cpus();
        }

        @Override
        public long memoryBytes() {
            return build.memoryBytes();
        }

        @Override
        public long diskBytes() {
            return build.diskBytes();
        }

        @Override
        public long imageBytes() {
            return 0;
        }
    }

    /**
     * The saved state of another sandbox: the guest goes on where that one was, or boots from its files if its memory was not
     * saved. Whoever makes a sandbox from it holds it meanwhile.
     */
    record Saved(SavedState state) implements Origin {
        SnapshotManifest manifest() {
            return state.manifest();
        }

        boolean goesOn() {
            return manifest().memory();
        }

        @Override
        public ShownTemplate shown() {
            return new ShownTemplate(manifest().template().id(), manifest().template().names());
        }

        /** A memory has its agent in it; what boots has this server's, in place of the one below. */
        @Override
        public List<LayerName> layers(ContentHash agent) {
            if (goesOn()) {
                return manifest().layers();
            }
            var ours = new LayerName.Packed(agent);
            var layers = new ArrayList<LayerName>();
            layers.add(ours);
            // The kernel refuses a layer that is there twice.
            manifest().layers().stream().filter(layer -> !layer.equals(ours)).forEach(layers::add);
            return layers;
        }

        @Override
        public GuestDefaults guest() {
            return manifest().guest();
        }

        @Override
        public int cpus() {
            return manifest().machine().cpus();
        }

        @Override
        public long memoryBytes() {
            return manifest().machine().memoryBytes();
        }

        @Override
        public long diskBytes() {
            return manifest().machine().diskBytes();
        }

        @Override
        public long imageBytes() {
            return manifest().files().stream().mapToLong(SnapshotManifest.SavedFile::bytes).sum();
        }
    }
}
