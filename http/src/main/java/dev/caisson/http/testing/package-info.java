/** An exchange without a network, for the unit tests of handlers in every module. */
@NullMarked
package dev.caisson.http.testing;

import org.jspecify.annotations.NullMarked;
