package dev.caisson.image;

import java.util.List;
import java.util.Optional;

/** The manifests of template builds, one JSON file each, replaced atomically. Safe for use by many threads. */
public interface TemplateStore {

    /** The newest build of the template with this id or name. */
    Optional<TemplateBuild> find(String idOrName);

    /** The newest build of every template. */
    List<TemplateBuild> list();

    /** Every build of every template, in no particular order. */
    List<TemplateBuild> builds();

    void put(TemplateBuild build);
}
