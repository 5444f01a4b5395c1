/** Black-box tests: the packaged program, started as a person would, driven by its commands and by the official SDKs. */
@NullMarked
package dev.caisson.e2e;

import org.jspecify.annotations.NullMarked;
