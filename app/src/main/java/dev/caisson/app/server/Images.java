package dev.caisson.app.server;

import dev.caisson.base.Installation;
import dev.caisson.image.Ext4Disks;
import dev.caisson.image.FileFrozenDisks;
import dev.caisson.image.FileLayerStore;
import dev.caisson.image.FileTemplateStore;
import dev.caisson.image.FrozenDisks;
import dev.caisson.image.LayerStore;
import dev.caisson.image.TemplateStore;
import dev.caisson.image.WritableDisks;

/** The stores of an installation. */
public record Images(LayerStore layers, TemplateStore templates, WritableDisks disks, FrozenDisks frozen) {

    public static Images of(Installation installation) {
        return new Images(
                new FileLayerStore(installation.layers()),
                new FileTemplateStore(installation.templates()),
                new Ext4Disks(installation.data().resolve("disks")),
                new FileFrozenDisks(installation.data().resolve("frozen")));
    }
}
