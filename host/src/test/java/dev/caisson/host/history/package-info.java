@NullMarked
package dev.caisson.host.history;

import org.jspecify.annotations.NullMarked;
