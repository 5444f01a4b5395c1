@NullMarked
package dev.caisson.host.journal;

import org.jspecify.annotations.NullMarked;
