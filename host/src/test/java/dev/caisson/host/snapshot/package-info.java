@NullMarked
package dev.caisson.host.snapshot;

import org.jspecify.annotations.NullMarked;
