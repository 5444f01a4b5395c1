/** A node in memory, for the tests of the rooms above. No production code may use it. */
@NullMarked
package dev.caisson.node.testing;

import org.jspecify.annotations.NullMarked;
