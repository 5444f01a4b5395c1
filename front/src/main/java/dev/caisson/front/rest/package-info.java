/**
 * The REST resources of {@code contract/rest-api.md}.
 *
 * <p>Comes in: requests that no sandbox claims. Goes out: JSON, after the key was checked. Always holds: the key is checked
 * before anything else about a request; what Caisson does not do yet answers 501 and says so, and every other path 404;
 * optional values are left out, never null.
 */
@NullMarked
package dev.caisson.front.rest;

import org.jspecify.annotations.NullMarked;
