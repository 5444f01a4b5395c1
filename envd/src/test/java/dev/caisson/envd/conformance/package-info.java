/** A server over the connect package for the protocol's own conformance suite, and the test that runs the suite against it. */
@NullMarked
package dev.caisson.envd.conformance;

import org.jspecify.annotations.NullMarked;
