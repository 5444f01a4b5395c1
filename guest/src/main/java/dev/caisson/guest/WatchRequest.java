package dev.caisson.guest;

/**
 * What to watch.
 *
 * @param recursive folders below as well, also those made later
 * @param entries attach the entry to create, write and attribute events where it still exists
 * @param networkMounts allow NFS, SMB and FUSE
 */
public record WatchRequest(String user, String path, boolean recursive, boolean entries, boolean networkMounts) {}
