/**
 * Root filesystems by content hash: the store of EROFS layers, templates and their builds, the writable disks, those that
 * were frozen to be layers of other sandboxes, and the maker of the {@code base} template.
 *
 * <p>Comes in: a checked-in package list and the host's own package mirrors. Goes out: read-only layers named by the hash
 * of their content and manifests that list them. Always holds: a layer or manifest is complete or absent; no image
 * that came from outside is ever mounted by the host (a tenant wrote files on a disk, the host's kernel its structures); nothing of the host's proxies, certificates or mirrors enters a template.
 */
@NullMarked
package dev.caisson.image;

import org.jspecify.annotations.NullMarked;
