/**
 * Certificates of the names that sandboxes have below the installation's domain.
 *
 * <p>Comes in: the domain and files in PEM, or nothing but the domain. Goes out: a certificate with its key, checked; for an
 * installation without files of its own an authority that issues it and renews it. Always holds: keys are readable by root
 * only, the authority's certificate by all; that authority can speak for the domain and this machine only.
 */
@NullMarked
package dev.caisson.app.tls;

import org.jspecify.annotations.NullMarked;
