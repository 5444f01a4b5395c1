package dev.caisson.app.doctor;

import java.util.List;

/** Looks at one thing. Never throws for what it finds. */
interface Check {
    List<Finding> look();
}
