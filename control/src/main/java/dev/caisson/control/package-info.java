/**
 * Accounts and placement: who may do what, how much of it, and on which node; names of templates and
 * snapshots; creates that are repeated.
 *
 * <p>Comes in: API keys and requests as clients meant them (a template's name, a timeout in seconds). Goes out: calls on a
 * {@link dev.caisson.node.Node} and its answers, seen through the eyes of one team, the past of its sandboxes included.
 * Always holds: a sandbox of another team does not exist for the caller; keys are kept as hashes only; a create that is
 * refused has taken nothing.
 */
@NullMarked
package dev.caisson.control;

import org.jspecify.annotations.NullMarked;
