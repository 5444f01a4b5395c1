/**
 * What every room shares: identifiers, error categories, access tokens, and closing things in the right order.
 *
 * <p>Comes in: nothing but the JDK. Goes out: small immutable values and helpers without state of their own. Nothing here
 * knows what a sandbox does; anything that would need to belongs in another module.
 */
@NullMarked
package dev.caisson.base;

import org.jspecify.annotations.NullMarked;
