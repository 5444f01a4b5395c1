package dev.caisson.engine;

import java.nio.file.Path;

/**
 * One read-only layer of a root file system, made by Caisson's own tools.
 *
 * @param image the file, at a path that stays; shared by all sandboxes that have it
 */
public record Layer(Path image, Kind kind) {
    /** So many can lie on each other. */
    public static final int MOST = 32;

    /** How the layer's tree is found in the image. */
    public enum Kind {
        /** An EROFS image is the tree. */
        EROFS,
        /** A disk that a sandbox wrote to and that nobody writes to any more: an ext4 image, the tree is its folder {@code upper}. */
        DISK
    }

    public static Layer erofs(Path image) {
        return new Layer(image, Kind.EROFS);
    }

    public static Layer disk(Path image) {
        return new Layer(image, Kind.DISK);
    }
}
