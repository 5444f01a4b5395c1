package dev.caisson.control;

import java.util.Map;

/** Where uses of templates are kept, by template id. Safe for use by many threads. */
public interface TemplateUseStore {
    Map<String, TemplateUse> load();

    /** Returns at once and is written soon, later calls after earlier ones. */
    void put(String templateId, TemplateUse use);
}
