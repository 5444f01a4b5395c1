package dev.caisson.engine.gvisor;

import dev.caisson.base.Installation;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Where this engine keeps things.
 *
 * @param home the folder below which everything lies, {@code <run>/gvisor}
 * @param parentGroup the installation's control group, which other engines share
 * @param group this engine's, below it
 */
record Places(Path home, String parentGroup, String group) {

    private static final Pattern ID = Pattern.compile("[a-z0-9]{1,40}");

    static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    static Places of(Installation installation) {
        return new Places(installation.run().resolve("gvisor"), "/" + installation.name(), "/" + installation.name() + "/gvisor");
    }

    /** The tool's own records; the path is short because control sockets lie in it (108 bytes, unix(7)). */
    Path state() {
        return home.resolve("state");
    }

    Path layers() {
        return home.resolve("layers");
    }

    Path sandboxes() {
        return home.resolve("sandboxes");
    }

    Path sandbox(String id) {
        return sandboxes().resolve(id);
    }

    /** Where the overlay is mounted that the guest sees as its root. */
    Path root(String id) {
        return sandbox(id).resolve("root");
    }

    /** Where the sandbox's own disk is mounted. */
    Path disk(String id) {
        return sandbox(id).resolve("disk");
    }

    /** Output of the tool, of the sandbox's kernel and of the guest's first process; bounded by the folder's size. */
    Path log(String id) {
        return sandbox(id).resolve("log");
    }

    /** The sandbox's OCI specification; the name is the tool's. */
    Path spec(String id) {
        return sandbox(id).resolve("config.json");
    }

    Path pidFile(String id) {
        return sandbox(id).resolve("pid");
    }

    /** For {@link StillMark}. */
    Path pausedMark(String id) {
        return sandbox(id).resolve("paused");
    }

    Path socket(String id) {
        return state().resolve("runsc-" + id + ".sock");
    }

    String group(String id) {
        return group + "/" + id;
    }
}
