/** What tests of several modules need. No production code may use it. */
@NullMarked
package dev.caisson.base.testing;

import org.jspecify.annotations.NullMarked;
